import { route, type Route } from '../../route.ts';
import { certs, discovery, introspect, publicRealm, userinfo } from './read.ts';
import { logout, token } from './token.ts';

/** Below `/realms/{realm}`. */
export const OIDC_ROUTES: readonly Route[] = [
  route('GET ', 'none', publicRealm),
  route('GET /.well-known/openid-configuration', 'none', discovery),
  route('GET /protocol/openid-connect/certs', 'none', certs),
  route('POST /protocol/openid-connect/token', 'none', token),
  route('POST /protocol/openid-connect/logout', 'none', logout),
  route('POST /protocol/openid-connect/token/introspect', 'none', introspect),
  route('GET /protocol/openid-connect/userinfo', 'none', userinfo),
  route('POST /protocol/openid-connect/userinfo', 'none', userinfo),
];
