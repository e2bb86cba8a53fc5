import { sharedKeycloak } from '../harness/shared.ts';
import { hostileName } from './hostile.ts';
import { hostileSuite } from './hostile-suite.ts';

hostileSuite('hostile names on a real Keycloak', hostileName('hostile-names'), () => Promise.resolve({ ...sharedKeycloak(), close: () => Promise.resolve() }));
