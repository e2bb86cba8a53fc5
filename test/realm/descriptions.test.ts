import { describe, expect, test } from 'vitest';
import { compareStates } from '../../src/realm/compare.ts';
import { seenOf, sightOfComponent, sightOfStep, type SettingDescriptions } from '../../src/realm/descriptions.ts';
import type { Completeness, Plan, RealmState } from '../../src/realm/model.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { makePlan, operationsOf } from '../../src/realm/plan.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { findSecret } from '../../src/realm/secrets.ts';
import { readState } from '../../src/realm/state.ts';
import { flow, realm, settings, step } from './flows.ts';

const FEDERATION = 'org.keycloak.storage.UserStorageProvider';
const MASK = '**********';

/** A server on which somebody installed an authenticator and a user federation. */
const SERVER: SettingDescriptions = {
  steps: { open: ['defaultProvider', 'gateway.url'], secret: ['gateway.pin'] },
  components: { [FEDERATION]: { people: { open: ['address', 'region'], secret: ['pin'] } } },
};

const state = (representation: RealmRepresentation, source = 'live', completeness: Completeness = 'full'): RealmState =>
  readState({ realm: 'primary', source, completeness, representation }, source === 'live' ? undefined : SERVER);
const live = (representation: RealmRepresentation): RealmState => state({ ...representation, settingDescriptions: SERVER });

function planned(ours: RealmState, theirs: RealmState): Plan {
  const differences = compareStates(ours, [theirs]);
  const input = { live: ours, evidence: [theirs], differences };
  return makePlan({ ...input, order: orderOwners(input), choices: Object.fromEntries(differences.map(({ id }) => [id, 'restore' as const])) });
}

const gate = (config: Readonly<Record<string, string>>): RealmRepresentation => realm(
  [flow('gate', [step('gateway', 10, { authenticatorConfig: 'gateway', authenticatorConfigId: 'id-settings-gateway' })])], [settings('gateway', config)],
);
const people = (config: Readonly<Record<string, readonly string[]>>): RealmRepresentation => ({
  realm: 'primary', clients: [], components: { [FEDERATION]: [{ id: 'people-id', name: 'people', providerId: 'people', config }] },
} as unknown as RealmRepresentation);

const CLEAR = { defaultProvider: 'corp', 'gateway.url': 'https://gate', 'gateway.pin': 'pin-in-clear', plain: 'plain-in-clear' };
const PEOPLE = { address: ['https://people'], region: ['b', 'a'], pin: ['pin-in-clear'], plain: ['plain-in-clear', 'more-in-clear'] };
const SECRETS = /in-clear/;

describe('a setting is shown only where somebody declares it as no secret', () => {
  test('of steps: what no authenticator declares is a secret, whatever it is called', () => {
    expect(['defaultProvider', 'gateway.url', 'gateway.pin', 'plain', 'my.secret'].map((key) => sightOfStep(SERVER, key))).toEqual(['open', 'open', 'secret', 'secret', 'secret']);
    // Without a server: what Keycloak itself declares. `api.key` is the secret of reCAPTCHA Enterprise, and its name does not say so.
    expect(['defaultProvider', 'site.key', 'api.key', 'secret.key', 'gateway.url'].map((key) => sightOfStep(undefined, key))).toEqual(['open', 'open', 'secret', 'secret', 'secret']);
  });

  test('of components: the server shows nothing of what their own provider does not declare', () => {
    const names = SERVER.components[FEDERATION]?.['people'];
    expect(['address', 'pin', 'plain', 'priority', 'bindCredential'].map((key) => sightOfComponent(names, FEDERATION, key))).toEqual(['open', 'secret', 'unseen', 'open', 'unseen']);
    expect(['usersDn', 'bindCredential', 'address'].map((key) => sightOfComponent(undefined, FEDERATION, key))).toEqual(['open', 'secret', 'secret']);
  });

  test('and what the server masks is a secret, also where it says nothing about its providers', () => {
    const seen = seenOf(undefined, { authenticatorConfig: [{ alias: 'x', config: { defaultProvider: MASK, 'site.key': 'shown' } }] });
    expect(['defaultProvider', 'site.key'].map((key) => sightOfStep(seen, key))).toEqual(['secret', 'open']);
  });
});

describe('a full export has such values in clear; nothing that others read does', () => {
  test('a step that the server masks is not said to have changed', () => {
    const masked = live(gate({ ...CLEAR, 'gateway.pin': MASK, plain: MASK }));
    expect(compareStates(masked, [state(gate(CLEAR), 'file:x')])).toEqual([]);
  });

  test('a changed step shows what may be shown and is sent whole, its secrets by reference', () => {
    const made = planned(live(gate({ defaultProvider: 'other', 'gateway.url': 'https://gate' })), state(gate(CLEAR), 'file:x'));
    expect(JSON.stringify([made, compareStates(live(gate({})), [state(gate(CLEAR), 'file:x')])])).not.toMatch(SECRETS);
    const [operation] = operationsOf(made);
    const secret = (key: string) => ({ $secret: 'flow:gate/step/gateway', field: `config.${key}` });
    expect(operation?.request.body).toMatchObject({ config: { defaultProvider: 'corp', 'gateway.url': 'https://gate', 'gateway.pin': secret('gateway.pin'), plain: secret('plain') } });
    expect(findSecret([state(gate(CLEAR), 'file:x')], 'flow:gate/step/gateway', 'config.plain')).toBe('plain-in-clear');
  });

  test('a lost flow comes back with them, by reference', () => {
    const made = planned(live(realm([])), state(gate(CLEAR), 'file:x'));
    expect(made.refused).toEqual([]);
    expect(JSON.stringify(made)).not.toMatch(SECRETS);
    expect(JSON.stringify(operationsOf(made).map(({ request }) => request.body))).toContain('"plain":{"$secret":"flow:gate/step/gateway","field":"config.plain"}');
  });

  test('a placeholder in place of one is refused before anything is sent', () => {
    expect(planned(live(realm([])), state(gate({ plain: '${env.GATE}' }), 'file:x')).refused.map(({ because }) => because)).toEqual(['the evidence states ${env.GATE}, which only a deployment fills in']);
  });

  test('a reference to the vault is none, and is sent as it is', () => {
    const made = planned(live(realm([])), state(gate({ plain: '${vault.gate}' }), 'file:x'));
    expect(JSON.stringify(operationsOf(made).map(({ request }) => request.body))).toContain('"plain":"${vault.gate}"');
  });

  test('a component is not compared in what the server never shows, and comes back with it', () => {
    const shown = live(people({ address: ['https://people'], region: ['a', 'b'], pin: [MASK] }));
    expect(compareStates(shown, [state(people(PEOPLE), 'file:x')])).toEqual([]);
    const made = planned(live({ realm: 'primary', clients: [], components: {} }), state(people(PEOPLE), 'file:x'));
    expect(JSON.stringify(made)).not.toMatch(SECRETS);
    const [operation] = operationsOf(made);
    const secret = (field: string) => ({ $secret: `component:${FEDERATION}/people`, field: `config.${field}` });
    expect(operation?.request.body).toMatchObject({ config: { address: ['https://people'], region: ['b', 'a'], pin: [secret('pin.0')], plain: [secret('plain.0'), secret('plain.1')] } });
    expect(findSecret([state(people(PEOPLE), 'file:x')], `component:${FEDERATION}/people`, 'config.plain.1')).toBe('more-in-clear');
    // The server will show none of it, so the image of the read-back has none of it.
    expect(operation?.after[0]?.value).toEqual({ providerId: 'people', config: { address: 'https://people', region: ['a', 'b'], pin: { $unknown: 'masked' } } });
  });

  test('two files are compared without a server: by fingerprints of what nobody declares', () => {
    const file = (config: Readonly<Record<string, readonly string[]>>): RealmState => readState({ realm: 'primary', source: 'file:x', completeness: 'full', representation: people(config) });
    const differences = compareStates(file({ address: ['one-in-clear'], plain: ['a-in-clear', 'b-in-clear'] }), [file({ address: ['two-in-clear'], plain: ['a-in-clear', 'c-in-clear'] })]);
    expect(differences.flatMap(({ fields }) => fields.map(({ path }) => path))).toEqual(['config.address', 'config.plain']);
    expect(JSON.stringify(differences)).not.toMatch(SECRETS);
    // One that was read beside a server says the same value in clear, which is no difference.
    expect(compareStates(file(PEOPLE), [state(people({ address: ['https://people'], region: ['a', 'b'] }), 'snapshot:x', 'stated')]).flatMap(({ fields }) => fields.map(({ path }) => path))).not.toContain('config.region');
  });
});
