// Builds what the real suite starts besides Keycloak, where the cache does not have it yet: `npm run test:programs`.
import { argocd, kustomizeController, serverProgram } from './build.ts';

for (const build of [serverProgram, argocd, kustomizeController]) console.log(await build());
