/**
 * What the tool uses of undici, for the bundle. Its index also brings fetch, WebSocket, caches, mocks: loading them takes longer than everything
 * else that stands before the first login. A name that the tool imports and that is missing here fails the build.
 */
import api from 'undici/lib/api/index.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';

// As the index does it: `dispatcher.request` and its like.
Object.assign(Dispatcher.prototype, api);

export { Agent, EnvHttpProxyAgent };
