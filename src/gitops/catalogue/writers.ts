import type { StrategySetting } from './setting.ts';

const writer = (id: string, where: StrategySetting['where'], source: string, rules: StrategySetting['rules']): StrategySetting => ({ id, where, harmless: null, source, rules });

const VM = 'vriesdemichael/keycloak-operator sources, not run';
const TF = 'keycloak/terraform-provider-keycloak sources, not run';

/** Objects whose very presence makes a controller or a program write to a realm. Their class is what happens to a realm that people have edited. */
export const WRITERS: readonly StrategySetting[] = [
  writer('KeycloakRealmImport', 'custom-resource', 'Keycloak operator sources, not run', [
    { class: 'seed-only', because: 'The operator imports it once, with --override=false; it never updates an existing realm, and a change of this object is not applied.' },
  ]),
  writer('KeycloakOIDCClient', 'custom-resource', 'Keycloak operator sources, not run', [
    { class: 'destructive', because: 'When this object changes, the operator sets the client to what it says.' },
  ]),
  writer('KeycloakSAMLClient', 'custom-resource', 'Keycloak operator sources, not run', [
    { class: 'destructive', because: 'When this object changes, the operator sets the client to what it says.' },
  ]),
  writer('KeycloakRealm', 'custom-resource', VM, [
    { class: 'destructive', because: 'At every full pass the operator sets the realm back to this object, with its own defaults for what it leaves out, and deletes identity providers and user federations that it does not list.' },
  ]),
  writer('KeycloakClient', 'custom-resource', VM, [
    { class: 'destructive', because: 'At every pass the operator sets the client back to this object, with its own defaults for what it leaves out.' },
  ]),
  writer('edp.epam.com', 'custom-resource', 'epam/edp-keycloak-operator sources, not run', [
    { class: 'destructive', because: 'When this object changes and whenever the operator starts, it sets the object in the realm back to this; with reconciliationStrategy addOnly it still sends every field.' },
  ]),
  writer('keycloak.crossplane.io', 'custom-resource', 'crossplane-contrib/provider-keycloak sources, not run', [
    { values: ['seed-only'], class: 'seed-only', because: 'Its managementPolicies let the provider observe and create, not update or delete.' },
    { class: 'destructive', because: 'The provider sets the object in the realm back to this at every poll (ten minutes by default).' },
  ]),
  writer('keycloak_*', 'resource', TF, [
    { values: ['ignore_changes = all'], class: 'seed-only', because: 'Terraform creates it and leaves every later change alone.' },
    { class: 'destructive', because: 'Every apply sets the object in the realm back to what is written here.' },
  ]),
];
