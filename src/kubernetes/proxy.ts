import type { Dispatcher } from 'undici';
import { RescueError } from '../realm/errors.ts';
import { oneLine } from '../keycloak/text.ts';
import type { OpenedConfig } from './config.ts';

/**
 * The connections through the `proxy-url` of a kubeconfig: http, https and socks5, as the library makes them.
 * @throws RescueError `kubeconfig` for an address that is none
 */
export async function proxyDispatcher({ config, context }: OpenedConfig): Promise<Dispatcher> {
  let made: unknown;
  try {
    // The only way by which the library hands its connections out.
    await config.applySecurityAuthentication({ setHeaderParam: () => undefined, setDispatcher: (dispatcher: unknown) => { made = dispatcher; } } as never);
  } catch (error) {
    throw new RescueError('kubeconfig', `The proxy-url of context ${oneLine(context)} cannot be used.`, ['Correct it in the kubeconfig, such as http://proxy.example.com:3128.'], { cause: error });
  }
  if (made === undefined) throw new RescueError('kubeconfig', `The proxy-url of context ${oneLine(context)} leads to no connection.`, ['Correct it in the kubeconfig, such as http://proxy.example.com:3128.']);
  return made as Dispatcher;
}
