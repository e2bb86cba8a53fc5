import type { Json } from '../../../src/realm/json.ts';
import { del, get, post, put, type Call } from './call.ts';

/** A realm of its own without admin events: what is written down about flows is not what the tool relies on. */
const at = (path: string): string => `^/admin/realms/{realm}-flows${path}`;
const flows = (path = ''): string => at(`/authentication/flows${path}`);
const step = (id: string, authenticator: string, priority: number, rest: Record<string, Json> = {}): Call =>
  post(at('/authentication/executions'), { id, authenticator, requirement: 'REQUIRED', priority, parentFlow: '{flowTop}', ...rest });
const unnamed = (authenticator: string, priority: number, parentFlow: string): Call => post(at('/authentication/executions'), { authenticator, requirement: 'REQUIRED', priority, parentFlow });
const flow = (id: string, alias: string, rest: Record<string, Json> = {}): Call => post(flows(), { id, alias, description: `about ${alias}`, providerId: 'basic-flow', topLevel: true, builtIn: false, ...rest });
const id = (n: number): string => `{uuid1}`.replace('1', String(n));
const config = (path: string): string => at(`/authentication/config/${path}`);

export const flowWriteCalls: readonly Call[] = [
  post('^/admin/realms', { realm: '{realm}-flows', enabled: true }),
  flow(id(1), 'Corp flow', { authenticationExecutions: [{ authenticator: 'auth-cookie', requirement: 'REQUIRED' }] }),
  get(flows(`/${id(1)}`), { save: { flowTop: 'id' } }),
  flow(id(1), 'Other name'), flow(id(2), 'Corp flow'), flow(id(2), 'a/b'), flow(id(2), 'a:b'), flow(id(2), ''), flow('a-very-long-id-of-more-than-36-characters', 'long'),
  step(id(2), 'auth-cookie', 30, { requirement: 'ALTERNATIVE' }),
  step(id(2), 'auth-cookie', 31), step(id(3), 'no-such', 32), step(id(3), 'auth-cookie', 32, { requirement: 'MAYBE' }), step(id(3), 'auth-cookie', 32, { parentFlow: 'nope' }),
  step(id(3), 'identity-provider-redirector', 10),
  post(at(`/authentication/executions/${id(3)}/config`), { id: id(4), alias: 'corp idp', config: { defaultProvider: 'corp', unheard: 'x', empty: '' } }),
  get(config(id(4))),
  post(at(`/authentication/executions/${id(2)}/config`), { alias: 'corp idp', config: {} }),
  post(at(`/authentication/executions/${id(2)}/config`), { alias: '', config: {} }),
  post(at(`/authentication/executions/${id(2)}/config`), { alias: 'a/b', config: {} }),
  post(at('/authentication/executions/nope/config'), { alias: 'x', config: {} }),
  post(flows(), { id: id(5), alias: 'Corp forms', providerId: 'basic-flow', topLevel: false, builtIn: false }),
  get(flows('/Corp%20forms/executions')),
  step(id(6), 'nothing', 20, { authenticatorFlow: true, flowId: id(5), requirement: 'CONDITIONAL', authenticator: null }),
  step(id(7), 'conditional-credential', 5, { parentFlow: id(5) }), unnamed('conditional-user-attribute', 3, id(5)), unnamed('auth-username-form', 35, id(1)),
  get(flows('/Corp%20flow/executions')), get(flows(`/${id(1)}`)), get(flows(`/${id(5)}`)),
  get(at(`/authentication/executions/${id(3)}`)), get(at(`/authentication/executions/${id(6)}`)), get(at('/authentication/executions/nope')),
  put(flows('/Corp%20flow/executions'), { id: id(2), requirement: 'DISABLED' }),
  get(flows('/Corp%20flow/executions')),
  put(flows('/Corp%20flow/executions'), { id: id(2), requirement: 'REQUIRED', priority: 40 }),
  put(flows('/nope/executions'), { id: id(2), requirement: 'REQUIRED', priority: 40 }),
  get(flows('/Corp%20flow/executions')),
  put(flows(`/${id(1)}`), { description: 'x' }), put(flows(`/${id(1)}`), { alias: 'Corp flow', description: 'x' }), put(flows(`/${id(1)}`), { alias: 'a/b', description: 'x', providerId: 'basic-flow', topLevel: true }),
  put(flows(`/${id(1)}`), { id: id(1), alias: 'Corp flow', providerId: 'basic-flow', topLevel: true, builtIn: true }),
  get(flows(`/${id(1)}`)),
  step(id(8), 'auth-cookie', 50), del(at(`/authentication/executions/${id(2)}`)), del(flows(`/${id(1)}`)),
  put(flows(`/${id(1)}`), { id: id(1), alias: 'Corp flow', description: 'again', providerId: 'basic-flow', topLevel: true, builtIn: false }),
  put(flows(`/${id(5)}`), { id: id(5), alias: 'Corp forms', description: 'now said', providerId: 'basic-flow', topLevel: false, builtIn: false }),
  get(flows('/Corp%20flow/executions')),
  put(config(id(4)), { id: id(4), alias: 'browser-conditional-credential', config: { defaultProvider: 'other' } }), get(config(id(4))),
  put(config(id(4)), { config: {} }), get(config(id(4))), put(config('nope'), { alias: 'x', config: {} }),
  put(config(id(4)), { id: id(4), alias: 'corp idp', config: { defaultProvider: 'corp' } }),
  step(id(8), 'identity-provider-redirector', 60, { authenticatorConfig: 'corp idp' }), step(id(9), 'identity-provider-redirector', 60, { authenticatorConfig: 'nope' }),
  get(flows('/Corp%20flow/executions')),
  del(at(`/authentication/executions/${id(8)}`)), get(config(id(4))), del(at(`/authentication/executions/${id(8)}`)),
  get(flows('/Corp%20flow/executions')),
  post(at(`/authentication/executions/${id(7)}/config`), { id: id(4), alias: 'corp condition', config: { credentials: 'otp' } }),
  post(at('/clients'), { clientId: 'app', secret: 's' }),
  get(at('/clients?clientId=app'), { save: { flowApp: '[clientId=app].id' } }),
  put(at('/clients/{flowApp}'), { authenticationFlowBindingOverrides: { browser: id(1), direct_grant: id(1) } }),
  get(at('/clients/{flowApp}')),
  put(at('/clients/{flowApp}'), { authenticationFlowBindingOverrides: { browser: '' } }), get(at('/clients/{flowApp}')),
  put(at('/clients/{flowApp}'), { authenticationFlowBindingOverrides: { browser: 'Corp flow' } }), put(at('/clients/{flowApp}'), { authenticationFlowBindingOverrides: {} }), get(at('/clients/{flowApp}')),
  del(flows(`/${id(1)}`)),
  put(at('/clients/{flowApp}'), { authenticationFlowBindingOverrides: { direct_grant: null } }), get(at('/clients/{flowApp}')),
  put(at(''), { browserFlow: 'no such' }), put(at(''), { browserFlow: '' }), put(at(''), { browserFlow: 'Corp flow' }), get(at('')),
  del(flows(`/${id(1)}`)),
  put(at(''), { browserFlow: 'browser' }),
  post(at('/partial-export')),
  get(flows('/saml%20ecp/executions')),
  del(config(id(4))), del(config(id(4))), get(flows('/Corp%20flow/executions')),
  del(at(`/authentication/executions/${id(6)}`)), get(flows(`/${id(5)}`)),
  del(flows(`/${id(1)}`)), del(flows(`/${id(1)}`)), get(flows()),
  del('^/admin/realms/{realm}-flows'),
];
