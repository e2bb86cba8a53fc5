import { describe, expect, test } from 'vitest';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import type { Operation } from '../../src/realm/model.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import { operationsOf, undoPlan } from '../../src/realm/plan.ts';
import { findSecret } from '../../src/realm/secrets.ts';
import { compared, flow, hung, planned, realm, settings, step, sub } from './flows.ts';
import { state } from './incident.ts';

const corp = () => [
  flow('corp', [step('auth-cookie', 10), step('identity-provider-redirector', 20, { authenticatorConfig: 'idp', authenticatorConfigId: 'id-settings-idp' }), hung('corp forms', 30)], { description: 'how we log in' }),
  sub('corp forms', [step('auth-username-password-form', 10), hung('corp otp', 20, { requirement: 'CONDITIONAL' })], { description: 'forms' }),
  sub('corp otp', [step('auth-otp-form', 10)]),
];
const idp = [settings('idp', { defaultProvider: 'corp' })];
const good = () => realm(corp(), idp);
const requests = (operations: readonly Operation[]) => operations.map(({ request }) => `${request.method} ${request.path.map((part) => (typeof part === 'string' ? part : `<${Object.values(part).join('')}>`)).join('/')}`);
const because = (plan: ReturnType<typeof planned>) => plan.refused.map((refused) => refused.because).join();

/** Each write begins where the one before ended, and undo goes the same way back. */
function expectChained(operations: readonly Operation[]): void {
  const seen = new Map<string, unknown>();
  for (const operation of operations) {
    for (const { id, value } of operation.before) if (seen.has(id)) expect(value, operation.id).toEqual(seen.get(id));
    for (const { id, value } of operation.after) seen.set(id, value);
  }
}

describe('the normal form', () => {
  test('holds the steps of all sub-flows by their places, and is the same without ids and in another order', () => {
    const [object] = [...state(good()).objects.values()].filter(({ name }) => name === 'corp');
    expect(Object.keys((object?.value as JsonObject | undefined)?.['steps'] ?? {})).toEqual(['auth-cookie', 'identity-provider-redirector', 'corp forms', 'corp forms/auth-username-password-form', 'corp forms/corp otp', 'corp forms/corp otp/auth-otp-form']);
    const exported = JSON.parse(JSON.stringify(good()), (key, value: unknown) => (key === 'id' || key === 'authenticatorConfigId' ? undefined : Array.isArray(value) ? value.toReversed() : value)) as ReturnType<typeof good>;
    expect(compared(exported, good()).differences).toEqual([]);
    expect(compared(good(), exported, 'partial').differences).toEqual([]);
  });

  test('tells equal steps apart by their order', () => {
    const twice = realm([flow('corp', [step('auth-cookie', 20), step('auth-cookie', 10, { requirement: 'DISABLED' })])]);
    expect([...state(twice).objects.values()].find(({ name }) => name === 'corp')?.value).toMatchObject({ steps: { 'auth-cookie': { priority: 10 }, 'auth-cookie #2': { priority: 20 } } });
  });

  test('does not compare what the server masks, nor settings of which a source has two under one name', () => {
    const masked = realm(corp(), [settings('idp', { defaultProvider: '**********' })]);
    expect(compared(masked, good()).differences).toEqual([]);
    const [first, ...rest] = corp();
    const withoutIds = (first?.authenticationExecutions ?? []).map((execution) => ({ ...execution, authenticatorConfigId: undefined }));
    const torn = realm([{ ...first, authenticationExecutions: withoutIds }, ...rest], [...idp, { ...settings('idp', { defaultProvider: 'other' }), id: 'second' }]);
    expect(compared(good(), torn).differences).toEqual([]);
  });

  test('survives a flow that hangs in itself, and restores none', () => {
    const looped = realm([flow('corp', [hung('corp', 10)])]);
    expect(because(planned(realm([]), looped))).toContain('hangs in itself');
  });

  test('of a file that lists only its own flows misses no built-in one, and an empty list says nothing', () => {
    const file = { ...realm([]), authenticationFlows: corp(), authenticatorConfig: idp };
    expect(compared(good(), file, 'stated').differences).toEqual([]);
    expect(compared(good(), { realm: 'primary', authenticationFlows: [] }, 'stated').differences).toEqual([]);
    expect(compared({ realm: 'primary', authenticationFlows: [] }, good()).differences).toEqual([]);
  });
});

describe('a lost flow', () => {
  test('comes back part by part, with the ids that it had, each write a step further', () => {
    const operations = operationsOf(planned(realm([]), good()));
    expect(requests(operations)).toEqual([
      'POST authentication/flows', 'POST authentication/executions', 'POST authentication/executions', 'POST authentication/executions/id-identity-provider-redirector-20/config',
      'POST authentication/flows', 'POST authentication/executions', 'POST authentication/executions', 'POST authentication/flows', 'POST authentication/executions', 'POST authentication/executions',
    ]);
    expect(operations[0]?.request.body).toMatchObject({ id: 'id-of-corp', alias: 'corp', topLevel: true, builtIn: false, description: 'how we log in' });
    expect(operations[6]?.request.body).toMatchObject({ parentFlow: 'id-of-corp forms', priority: 10, requirement: 'REQUIRED' });
    expectChained(operations);
    expect(operations.at(-1)?.after).toEqual([{ id: 'flow:corp', value: state(good()).objects.get('flow:corp')?.value }]);
  });

  test('gets made-up ids where the evidence has none or the realm uses them, the same each time', () => {
    const ids = () => operationsOf(planned(realm([flow('other', [], { id: 'id-of-corp forms' })]), { ...good(), id: 'r' })).filter(({ owner }) => owner === 'flow corp').map(({ request }) => (request.body as { id?: string }).id);
    expect(ids()).toEqual(ids());
    expect(ids()[4]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids()).size).toBe(ids().length);
  });

  test('is undone from the last part to the first; a sub-flow goes with its step', () => {
    const plan = planned(realm([]), good());
    const undone = undoPlan(plan, operationsOf(plan).map(({ id }) => id), { 'flow:corp': 'id-of-corp' });
    expectChained(undone);
    expect(requests(undone).at(-1)).toBe('DELETE authentication/flows/id-of-corp');
  });

  test('whose name the server refuses, or that has a part nobody knows, is refused', () => {
    expect(because(planned(realm([]), realm([flow('a/b', [])])))).toContain('refuses the character /');
    expect(because(planned(realm([]), realm([flow('corp', [hung('x:y', 10)]), sub('x:y', [])])))).toContain('refuses the character :');
    expect(because(planned(realm([]), realm([flow('corp', [hung('nowhere', 10)])])))).toContain('no flow nowhere');
    expect(because(planned(realm([]), realm([flow('corp', [step('x', 1, { authenticatorConfig: 'nowhere' })])])))).toContain('which settings');
    expect(because(planned(realm([]), realm(corp(), [settings('idp', { defaultProvider: '${PROVIDER}' })])))).toContain('${PROVIDER}');
  });

  test('with settings whose name is taken gives them that name afterwards: POST would be a 409', () => {
    const live = realm([flow('other', [step('identity-provider-redirector', 1, { authenticatorConfigId: 'used' })])], [{ ...settings('idp', { defaultProvider: 'x' }), id: 'used' }]);
    const plan = operationsOf(planned(live, good())).filter(({ owner }) => owner === 'flow corp');
    expect(requests(plan).slice(3, 5)).toEqual(['POST authentication/executions/id-identity-provider-redirector-20/config', 'PUT authentication/config/id-settings-idp']);
    expect(plan[4]?.request.body).toMatchObject({ alias: 'idp' });
    expectChained(plan);
  });

  test('that shares a sub-flow with another lost one hangs it in; taking that back would take it from both', () => {
    const shared = realm([flow('a', [hung('both', 1)]), flow('b', [hung('both', 2)]), sub('both', [step('auth-cookie', 1)])]);
    const plan = planned(realm([]), shared);
    expect(plan.refused).toEqual([]);
    expect(requests(operationsOf(plan)).filter((line) => line === 'POST authentication/flows')).toHaveLength(3);
    const hanging = operationsOf(plan).find(({ id }) => id === 'add flow:b/step/both');
    expect(hanging?.inverse).toBeNull();
    expect(hanging?.dependsOn).toContain('add flow:a/step/both%2Fauth-cookie');
    expect(hanging?.after).toEqual([{ id: 'flow:b', value: state(shared).objects.get('flow:b')?.value }]);
  });

  test('sends a secret by reference only, and finds it in the evidence', () => {
    const secret = realm([flow('corp', [step('registration-recaptcha-action', 1, { authenticatorConfigId: 'id-settings-captcha' })])], [settings('captcha', { 'secret.key': 'lab-Secret-1', 'site.key': 'site' })]);
    const plan = planned(realm([]), secret);
    expect(JSON.stringify(plan)).not.toContain('lab-Secret-1');
    const body = operationsOf(plan).at(-1)?.request.body as { config: Record<string, { $secret: 'flow:x'; field: string }> };
    const reference = body.config['secret.key'];
    expect(findSecret([state(secret)], reference?.$secret ?? 'flow:x', reference?.field ?? '')).toBe('lab-Secret-1');
  });
});

describe('a changed flow', () => {
  const edited = (change: (executions: ReturnType<typeof corp>) => void, config = idp) => {
    const flows = corp();
    change(flows);
    return realm(flows, config);
  };

  test('is changed in place, one small write for each step, additions before removals', () => {
    const live = edited(([top, forms]) => {
      top?.authenticationExecutions?.splice(0, 1, step('auth-spnego', 5));
      if (forms?.authenticationExecutions?.[0] !== undefined) forms.authenticationExecutions[0].requirement = 'DISABLED';
    });
    const operations = operationsOf(planned(live, good()));
    expect(requests(operations)).toEqual(['POST authentication/executions', 'PUT authentication/flows/corp/executions', 'DELETE authentication/executions/id-auth-spnego-5']);
    expectChained(operations);
  });

  test('always sends requirement and priority together: the server sets to 0 what is left out, or fails', () => {
    const [update] = operationsOf(planned(edited(([top]) => { if (top?.authenticationExecutions?.[0] !== undefined) top.authenticationExecutions[0].priority = 99; }), good()));
    expect(update?.request.body).toEqual({ id: 'id-auth-cookie-10', requirement: 'REQUIRED', priority: 10 });
    expect(update?.inverse?.body).toEqual({ id: 'id-auth-cookie-10', requirement: 'REQUIRED', priority: 99 });
  });

  test('is answered step by step; a step cannot come without the sub-flow that it stands in', () => {
    const live = edited(([top]) => {
      top?.authenticationExecutions?.splice(2, 1);
      if (top?.authenticationExecutions?.[0] !== undefined) top.authenticationExecutions[0].requirement = 'DISABLED';
    });
    const { differences } = compared(live, good());
    expect(differences[0]?.fields.map(({ path }) => path)).toEqual(['steps.auth-cookie', 'steps.corp forms', 'steps.corp forms/auth-username-password-form', 'steps.corp forms/corp otp', 'steps.corp forms/corp otp/auth-otp-form']);
    expect(requests(operationsOf(planned(live, good(), { 'flow:corp': 'keep', 'flow:corp#steps.auth-cookie': 'restore' })))).toEqual(['PUT authentication/flows/corp/executions']);
    expect(because(planned(live, good(), { 'flow:corp': 'keep', 'flow:corp#steps.corp forms/corp otp': 'restore' }))).toContain('answer both alike');
  });

  test('sends settings whole, and refuses where that would erase what the server masks', () => {
    const live = realm(corp(), [settings('idp', { defaultProvider: 'evil', token: '**********' })]);
    expect(operationsOf(planned(live, realm(corp(), [settings('idp', { defaultProvider: 'corp', token: 'known' })])))[0]?.request).toMatchObject({ method: 'PUT', body: { id: 'id-settings-idp', alias: 'idp', config: { defaultProvider: 'corp', token: { $secret: 'flow:corp/step/identity-provider-redirector', field: 'config.token' } } } });
    expect(because(planned(live, realm(corp(), [settings('idp', { defaultProvider: 'corp', token: '**********' })])))).toContain('token');
  });

  test('keeps out of built-in flows but for requirements, order and settings', () => {
    const builtIn = (executions: Parameters<typeof flow>[1]) => ({ ...good(), authenticationFlows: [flow('browser', executions, { builtIn: true })] });
    expect(because(planned(builtIn([]), builtIn([step('auth-cookie', 10)])))).toContain('built-in flow');
    expect(because(planned(builtIn([step('auth-cookie', 10), step('auth-spnego', 20)]), builtIn([step('auth-cookie', 10)])))).toContain('built-in flow');
    expect(requests(operationsOf(planned(builtIn([step('auth-cookie', 11)]), builtIn([step('auth-cookie', 10)]))))).toEqual(['PUT authentication/flows/browser/executions']);
  });

  test('leaves alone what other flows share: a DELETE takes sub-flows and settings from all of them', () => {
    const both = (executions: Parameters<typeof flow>[1]) => realm([flow('a', executions), flow('b', [hung('both', 2)]), sub('both', [step('auth-cookie', 1)])]);
    expect(because(planned(both([hung('both', 1)]), both([])))).toContain('more than one place');
    const sharing = { authenticatorConfigId: 'id-settings-idp' };
    const twice = (rest: Parameters<typeof flow>[1]) => realm([flow('a', [step('x', 1, sharing), ...rest])], idp);
    expect(because(planned(twice([step('y', 2, sharing)]), twice([])))).toContain('belong to another step too');
  });

  test('takes a sub-flow down first when its name is needed in another place', () => {
    const live = edited(([top, forms]) => {
      const moved = forms?.authenticationExecutions?.pop();
      if (moved !== undefined) top?.authenticationExecutions?.push(moved);
    });
    const operations = operationsOf(planned(live, good()));
    expect(requests(operations)).toEqual([
      'DELETE authentication/executions/id-auth-otp-form-10', 'DELETE authentication/executions/id-in-corp otp-20', 'DELETE authentication/flows/id-of-corp otp',
      'POST authentication/flows', 'POST authentication/executions', 'POST authentication/executions',
    ]);
    expectChained(operations);
  });
});

describe('a flow that exists only live', () => {
  test('is taken down from its last part to the first, so that undo can build it again with its ids', () => {
    const plan = planned(good(), realm([]));
    const operations = operationsOf(plan);
    expect(requests(operations).at(-1)).toBe('DELETE authentication/flows/<flow:corp>');
    expect(operations.every(({ inverse }) => inverse !== null)).toBe(true);
    expectChained(operations);
    expectChained(undoPlan(plan, operations.map(({ id }) => id), {}));
  });

  test('is kept while something is bound to it that is not taken back too', () => {
    const bound = { ...good(), browserFlow: 'corp', clients: [{ id: 'c', clientId: 'app', authenticationFlowBindingOverrides: { browser: 'id-of-corp' } }] };
    const free = { ...realm([]), browserFlow: 'browser', clients: [{ id: 'c', clientId: 'app', authenticationFlowBindingOverrides: {} }] };
    expect(because(planned(bound, free, { 'flow:corp': 'restore' }))).toMatch(/the realm \(browserFlow\), client app/);
    const operations = operationsOf(planned(bound, free));
    const at = (line: string) => requests(operations).indexOf(line);
    expect(Math.max(at('PUT '), at('PUT clients/<client:app>'))).toBeLessThan(at('DELETE authentication/executions/id-auth-otp-form-10'));
    expect(because(planned({ ...good(), identityProviders: [{ alias: 'corp-sso', postBrokerLoginFlowAlias: 'corp' }] }, realm([])))).toContain('identity provider corp-sso');
  });

  test('is kept where it is built in, or hangs in another one', () => {
    expect(because(planned(realm([flow('docker auth', [], { builtIn: true })]), realm([])))).toContain('built-in');
    expect(because(planned(realm([flow('corp', []), flow('outer', [hung('corp', 1)])]), realm([flow('outer', [])]), { 'flow:corp': 'restore' }))).toContain('flow outer');
  });
});

describe('what flows are bound to', () => {
  const client = (overrides: Readonly<Record<string, string>>, rest: Readonly<Record<string, unknown>> = {}) => [{ id: 'c', clientId: 'app', authenticationFlowBindingOverrides: { ...overrides }, ...rest }];

  test('is compared by alias, whatever id the flow has', () => {
    const other = { ...realm([flow('corp', [], { id: 'new-id' })]), clients: client({ browser: 'new-id' }) };
    expect(compared({ ...realm([flow('corp', [])]), clients: client({ browser: 'id-of-corp' }) }, other).differences).toEqual([]);
    expect(compared({ ...good(), clients: client({ browser: 'id-of-corp' }) }, { ...good(), clients: client({ browser: 'of-another-time' }) }).differences).toEqual([]);
  });

  test('goes out in one PUT for each holder, after the last step of a flow that comes back', () => {
    const evidence = { ...good(), browserFlow: 'corp', directGrantFlow: 'corp', clients: client({ browser: 'id-of-corp', direct_grant: 'id-of-corp' }) };
    const live = { ...realm([]), browserFlow: 'browser', directGrantFlow: 'browser', clients: client({}) };
    const operations = operationsOf(planned(live, evidence));
    expect(requests(operations).slice(-2).toSorted()).toEqual(['PUT ', 'PUT clients/<client:app>']);
    expect(operations.find(({ owner }) => owner === 'realm')?.request.body).toEqual({ browserFlow: 'corp', directGrantFlow: 'corp' });
    expect(operations.find(({ owner }) => owner === 'app')?.inverse?.body).toEqual({ authenticationFlowBindingOverrides: { browser: '', direct_grant: '' } });
  });

  test('pulls in the flow that it needs', () => {
    const plan = planned({ ...realm([]), browserFlow: 'browser' }, { ...good(), browserFlow: 'corp' }, { 'flow-binding:realm/browserFlow': 'restore' });
    expect(plan.pulledIn).toEqual([{ id: 'flow:corp', by: 'flow-binding:realm/browserFlow' }]);
  });

  test('never costs a client its authorization services', () => {
    const both = (overrides: Readonly<Record<string, string>>) => ({ ...good(), clients: client(overrides, { authorizationServicesEnabled: true }) });
    const [bind] = operationsOf(planned(both({ browser: 'id-of-corp' }), both({})));
    expect(bind?.request.body).toEqual({ authorizationServicesEnabled: true, authenticationFlowBindingOverrides: { browser: '' } });
  });

  test('never costs a client its service account', () => {
    const both = (overrides: Readonly<Record<string, string>>) => ({ ...good(), clients: client(overrides, { serviceAccountsEnabled: true }) });
    const [bind] = operationsOf(planned(both({ browser: 'id-of-corp' }), both({})));
    expect(bind?.request.body).toEqual({ serviceAccountsEnabled: true, authenticationFlowBindingOverrides: { browser: '' } });
  });

  test('of a client that is gone follows when the client is back', () => {
    const plan = planned({ ...good(), clients: [] }, { ...good(), clients: client({ browser: 'id-of-corp' }) });
    expect(operationsOf(plan).map(({ id }) => id)).toEqual(['create client:app', 'bind flow-binding:client/app/browser']);
    expect(JSON.stringify(operationsOf(plan)[0])).not.toContain('flow override');
  });

  test('of a file without overrides is not missed', () => {
    const live = { ...good(), browserFlow: 'corp', clients: client({ browser: 'id-of-corp' }) };
    expect(compared(live, { realm: 'primary', clients: [{ clientId: 'app' }] }, 'stated').differences.filter(({ kind }) => kind === 'flow-binding')).toEqual([]);
  });
});

describe('releases before 25, which number steps by themselves', () => {
  const steps = [step('auth-cookie', 0), step('auth-otp-form', 1)];
  const refused = (live: RealmRepresentation, evidence: RealmRepresentation, version: string): readonly string[] => planned(live, evidence, undefined, 'full', version).refused.map(({ because }) => because);
  const NUMBERED = [expect.stringContaining('number the steps of a flow by themselves')];

  test.each(['24.0.5', '22.0.5'])('no step is added, removed or moved on %s', (version) => {
    expect(refused(realm([flow('corp', steps.slice(1))]), realm([flow('corp', steps)]), version)).toEqual(NUMBERED);
    expect(refused(realm([flow('corp', steps)]), realm([flow('corp', steps.slice(1))]), version)).toEqual(NUMBERED);
    expect(refused(realm([flow('corp', [step('auth-cookie', 5)])]), realm([flow('corp', [step('auth-cookie', 0)])]), version)).toEqual(NUMBERED);
    expect(refused(realm([]), realm([flow('corp', steps)]), version)).toEqual(NUMBERED);
    expect(refused(realm([flow('corp', steps)]), realm([]), version)).toEqual(NUMBERED);
    expect(refused(realm([]), realm([flow('corp', steps)]), '26.0.8')).toEqual([]);
  });

  test('and a requirement goes out without a priority, which they refuse', () => {
    const plan = planned(realm([flow('corp', [step('auth-cookie', 0, { requirement: 'DISABLED' })])]), realm([flow('corp', [step('auth-cookie', 0)])]), undefined, 'full', '24.0.5');
    expect(operationsOf(plan).map(({ request, inverse }) => [request.body, inverse?.body])).toEqual([[{ id: 'id-auth-cookie-0', requirement: 'REQUIRED' }, { id: 'id-auth-cookie-0', requirement: 'DISABLED' }]]);
  });
});
