/** Authentication flows of a realm that has made its own, and what is bound to them. */
import type { Json, JsonObject } from '../../../src/realm/json.ts';
import { idIn, must, type AdminCalls } from '../../../src/sandbox/incident/calls.ts';
import { list, object, text } from '../../../src/sandbox/incident/read.ts';
import type { Family } from './family.ts';
import { carried } from './rest.ts';

export const BROWSER = 'Corp browser';
const DIRECT = 'Größe 100% grant';
const SPARE = 'Corp spare';
const BROKER = 'Corp broker';
const AUTH = '/authentication';
/** Before 25 the server numbers the steps of a flow by itself, so nobody can put one where it was; of the older releases here only these do not. */
const ORDERED = '26.0';

const flowId = async (calls: AdminCalls, alias: string): Promise<string | undefined> => idIn(await must(calls, 'GET', `${AUTH}/flows`), 'alias', alias);

const rowsOf = async (calls: AdminCalls, alias: string): Promise<readonly JsonObject[]> => {
  const { body } = await calls.call('GET', `${AUTH}/flows/${encodeURIComponent(alias)}/executions`);
  return list(body).map((row) => object(row) ?? {});
};

/** The row of a step: by provider, or by the name of the sub-flow. */
const rowOf = async (calls: AdminCalls, alias: string, name: string): Promise<JsonObject | undefined> => (await rowsOf(calls, alias)).find((row) => row['providerId'] === name || row['displayName'] === name);

/** `{step: …}` a provider, `{sub: …}` a sub-flow with what is in it. */
type Part =
  | { readonly step: string; readonly requirement: string; readonly priority: number; readonly config?: readonly [string, Readonly<Record<string, string>>] }
  | { readonly sub: string; readonly requirement: string; readonly priority: number; readonly description?: string; readonly type?: string; readonly page?: string; readonly parts: readonly Part[] };

export async function makeFlow(calls: AdminCalls, alias: string, description: string, parts: readonly Part[], providerId = 'basic-flow'): Promise<void> {
  const made = await calls.call('POST', `${AUTH}/flows`, { alias, description, providerId, topLevel: true, builtIn: false });
  await fill(calls, made.location?.split('/').at(-1) ?? '', parts);
}

async function fill(calls: AdminCalls, parentFlow: string, parts: readonly Part[]): Promise<void> {
  for (const part of parts) {
    const common = { requirement: part.requirement, priority: part.priority, parentFlow };
    if ('step' in part) {
      const { location } = await calls.call('POST', `${AUTH}/executions`, { ...common, authenticator: part.step });
      if (part.config !== undefined) await must(calls, 'POST', `${AUTH}/executions/${location?.split('/').at(-1)}/config`, { alias: part.config[0], config: part.config[1] });
      continue;
    }
    const { location } = await calls.call('POST', `${AUTH}/flows`, { alias: part.sub, description: part.description ?? '', providerId: part.type ?? 'basic-flow', topLevel: false, builtIn: false });
    const flow = location?.split('/').at(-1) ?? '';
    await must(calls, 'POST', `${AUTH}/executions`, { ...common, authenticatorFlow: true, flowId: flow, ...(part.page === undefined ? {} : { authenticator: part.page }) });
    await fill(calls, flow, part.parts);
  }
}

const step = (name: string, requirement: string, priority: number, config?: readonly [string, Readonly<Record<string, string>>]): Part => ({ step: name, requirement, priority, ...(config === undefined ? {} : { config }) });

const spareParts: readonly Part[] = [
  step('auth-cookie', 'ALTERNATIVE', 10),
  { sub: 'Corp spare forms', requirement: 'ALTERNATIVE', priority: 20, description: 'name, then a second factor', parts: [
    step('auth-username-form', 'REQUIRED', 10),
    { sub: 'Corp spare choice', requirement: 'REQUIRED', priority: 20, parts: [
      step('conditional-user-attribute', 'REQUIRED', 5, ['corp spare condition', { attribute_name: 'passkey', attribute_expected_value: 'yes' }]),
      step('auth-password-form', 'ALTERNATIVE', 10), step('auth-otp-form', 'ALTERNATIVE', 20),
    ] },
  ] },
  { sub: 'Corp spare page', requirement: 'DISABLED', priority: 30, type: 'form-flow', page: 'registration-page-form', parts: [step('registration-user-creation', 'REQUIRED', 10)] },
  step('identity-provider-redirector', 'DISABLED', 40, ['corp spare idp', { defaultProvider: 'corp' }]),
];

async function setOverrides(calls: AdminCalls, clientId: string, overrides: Readonly<Record<string, string>>): Promise<void> {
  const id = idIn(await must(calls, 'GET', `/clients?clientId=${clientId}`), 'clientId', clientId);
  if (id === undefined) return;
  const entries = await Promise.all(Object.entries(overrides).map(async ([name, alias]) => [name, alias === '' ? '' : (await flowId(calls, alias)) ?? ''] as const));
  await must(calls, 'PUT', `/clients/${id}`, { ...await carried(calls, `/clients/${id}`), authenticationFlowBindingOverrides: Object.fromEntries(entries) });
}

async function drop(calls: AdminCalls, flow: string, name: string): Promise<void> {
  const row = await rowOf(calls, flow, name);
  if (row !== undefined) await must(calls, 'DELETE', `${AUTH}/executions/${String(row['id'])}`);
}

/** Before 25 a step has no priority here, and one that is sent is refused. */
async function change(calls: AdminCalls, flow: string, name: string, fields: JsonObject): Promise<void> {
  const row = await rowOf(calls, flow, name);
  if (row !== undefined) await must(calls, 'PUT', `${AUTH}/flows/${encodeURIComponent(flow)}/executions`, { id: row['id'] ?? '', requirement: row['requirement'] ?? '', ...(row['priority'] === undefined ? {} : { priority: row['priority'] }), ...fields });
}

async function configure(calls: AdminCalls, flow: string, name: string, config: JsonObject | null): Promise<void> {
  const at = (await rowOf(calls, flow, name))?.['authenticationConfig'];
  if (typeof at === 'string') await must(calls, config === null ? 'DELETE' : 'PUT', `${AUTH}/config/${at}`, config ?? undefined);
}

/** Adds parts to a flow that is there, below its top or below one of its sub-flows. */
async function extend(calls: AdminCalls, flow: string, below: string | null, parts: readonly Part[]): Promise<void> {
  const id = below === null ? await flowId(calls, flow) : (await rowOf(calls, flow, below))?.['flowId'];
  if (typeof id === 'string') await fill(calls, id, parts);
}

export const flows: Family = {
  name: 'flows',
  fields: ['authenticationFlows', 'authenticatorConfig', 'browserFlow', 'registrationFlow', 'directGrantFlow', 'resetCredentialsFlow', 'clientAuthenticationFlow', 'dockerAuthenticationFlow', 'firstBrokerLoginFlow'],
  build: async (calls) => {
    await makeFlow(calls, BROWSER, 'how people of Corp log in', [
      step('auth-cookie', 'ALTERNATIVE', 10),
      step('identity-provider-redirector', 'ALTERNATIVE', 20, ['corp idp', { defaultProvider: 'corp' }]),
      step('identity-provider-redirector', 'DISABLED', 25, ['corp other idp', { defaultProvider: 'other' }]),
      { sub: 'Corp forms', requirement: 'ALTERNATIVE', priority: 30, description: 'password and second factor', parts: [
        step('auth-username-password-form', 'REQUIRED', 10),
        { sub: 'Corp second factor', requirement: 'CONDITIONAL', priority: 20, description: 'who has one', parts: [
          step('conditional-user-configured', 'REQUIRED', 10), step('conditional-user-attribute', 'REQUIRED', 20, ['corp condition', { attribute_name: 'passkey', attribute_expected_value: 'yes' }]), step('auth-otp-form', 'ALTERNATIVE', 30), step('webauthn-authenticator', 'DISABLED', 40),
        ] },
      ] },
    ]);
    await makeFlow(calls, DIRECT, '', [step('direct-grant-validate-username', 'REQUIRED', 10), step('direct-grant-validate-password', 'REQUIRED', 20)]);
    await makeFlow(calls, BROKER, 'first login', [step('idp-review-profile', 'REQUIRED', 10, ['corp review', { 'update.profile.on.first.login': 'missing' }]), step('idp-create-user-if-unique', 'ALTERNATIVE', 20)]);
    await makeFlow(calls, SPARE, 'bound to nothing', spareParts);
    await must(calls, 'PUT', '', { browserFlow: BROWSER });
    // Before 24 each identity provider names its flow, and no realm does.
    if (object(await must(calls, 'GET', ''))?.['firstBrokerLoginFlow'] !== undefined) await must(calls, 'PUT', '', { firstBrokerLoginFlow: BROKER });
    for (const clientId of ['flows-app', 'flows-other', 'flows-guarded']) {
      await must(calls, 'POST', '/clients', { clientId, secret: 'lab-secret', ...(clientId === 'flows-guarded' ? { publicClient: false, serviceAccountsEnabled: true, authorizationServicesEnabled: true } : {}) });
    }
    await setOverrides(calls, 'flows-app', { browser: BROWSER, direct_grant: DIRECT });
    await setOverrides(calls, 'flows-guarded', { browser: BROWSER });
  },
  damages: [
    { name: 'flow Corp spare deleted', since: ORDERED, apply: async (calls) => {
      const id = await flowId(calls, SPARE);
      if (id !== undefined) await must(calls, 'DELETE', `${AUTH}/flows/${id}`);
    } },
    { name: 'flow for direct grants unbound and deleted', since: ORDERED, apply: async (calls) => {
      const id = await flowId(calls, DIRECT);
      await setOverrides(calls, 'flows-app', { direct_grant: '' });
      await must(calls, 'PUT', '', { directGrantFlow: 'direct grant' });
      if (id !== undefined) await must(calls, 'DELETE', `${AUTH}/flows/${id}`);
    } },
    { name: 'flow Corp broker unbound and deleted', since: ORDERED, apply: async (calls) => {
      const id = await flowId(calls, BROKER);
      await must(calls, 'PUT', '', { firstBrokerLoginFlow: 'first broker login' });
      if (id !== undefined) await must(calls, 'DELETE', `${AUTH}/flows/${id}`);
    } },
    { name: 'step auth-otp-form of Corp browser deleted', since: ORDERED, apply: (calls) => drop(calls, BROWSER, 'auth-otp-form') },
    { name: 'step with settings of Corp browser deleted', since: ORDERED, apply: (calls) => drop(calls, BROWSER, 'conditional-user-attribute') },
    { name: 'sub-flow Corp second factor deleted', since: ORDERED, apply: (calls) => drop(calls, BROWSER, 'Corp second factor') },
    { name: 'requirement of the password form changed', apply: (calls) => change(calls, BROWSER, 'auth-username-password-form', { requirement: 'DISABLED' }) },
    { name: 'order of steps changed', since: ORDERED, apply: (calls) => change(calls, BROWSER, 'auth-cookie', { priority: 35 }) },
    { name: 'settings of a step changed', apply: (calls) => configure(calls, BROWSER, 'identity-provider-redirector', { alias: 'renamed idp', config: { defaultProvider: 'evil' } }) },
    { name: 'settings of a step deleted', apply: (calls) => configure(calls, BROWSER, 'conditional-user-attribute', null) },
    { name: 'sub-flow described otherwise', apply: async (calls) => {
      const row = await rowOf(calls, BROWSER, 'Corp forms');
      if (row !== undefined) await must(calls, 'PUT', `${AUTH}/flows/${String(row['flowId'])}`, { alias: 'Corp forms', description: 'changed', providerId: 'basic-flow', topLevel: false, builtIn: false });
    } },
    { name: 'flow Corp browser described otherwise', apply: async (calls) => {
      const id = await flowId(calls, BROWSER);
      if (id !== undefined) await must(calls, 'PUT', `${AUTH}/flows/${id}`, { alias: BROWSER, description: 'changed', providerId: 'basic-flow', topLevel: true, builtIn: false });
    } },
    { name: 'step added to Corp browser', since: ORDERED, apply: (calls) => extend(calls, BROWSER, null, [step('auth-spnego', 'ALTERNATIVE', 15)]) },
    { name: 'sub-flow added to Corp forms', since: ORDERED, apply: (calls) => extend(calls, BROWSER, 'Corp forms', [{ sub: 'Back door', requirement: 'ALTERNATIVE', priority: 5, description: 'of an intruder', parts: [
      step('conditional-user-attribute', 'REQUIRED', 10, ['back door', { attribute_name: 'otp' }]), step('auth-otp-form', 'ALTERNATIVE', 20),
    ] }]) },
    { name: 'settings added to a step', apply: async (calls) => {
      const row = await rowOf(calls, DIRECT, 'direct-grant-validate-password');
      if (row !== undefined) await must(calls, 'POST', `${AUTH}/executions/${String(row['id'])}/config`, { alias: `added ${String(row['id'])}`, config: {} });
    } },
    { name: 'flow added', since: ORDERED, apply: (calls) => makeFlow(calls, 'Added flow', 'nobody asked for it', [step('auth-cookie', 'REQUIRED', 10), { sub: 'Added forms', requirement: 'ALTERNATIVE', priority: 20, parts: [
      step('identity-provider-redirector', 'REQUIRED', 10, ['added idp', { defaultProvider: 'x' }]), step('auth-otp-form', 'DISABLED', 20),
    ] }]) },
    { name: 'flow added and bound', since: ORDERED, apply: async (calls) => {
      await makeFlow(calls, 'Added and bound', '', [step('auth-cookie', 'REQUIRED', 10)]);
      await must(calls, 'PUT', '', { browserFlow: 'Added and bound' });
      await setOverrides(calls, 'flows-other', { browser: 'Added and bound' });
      await setOverrides(calls, 'flows-app', { browser: 'Added and bound' });
    } },
    { name: 'built-in flow browser changed', apply: (calls) => change(calls, 'browser', 'auth-spnego', { requirement: 'ALTERNATIVE' }) },
    { name: 'settings of a built-in flow changed', apply: (calls) => configure(calls, 'first broker login', 'idp-review-profile', { alias: 'review profile config', config: { 'update.profile.on.first.login': 'on' } }) },
    { name: 'other realm bindings changed', since: '24.0', apply: (calls) => must(calls, 'PUT', '', { resetCredentialsFlow: 'browser', registrationFlow: 'browser' }).then(() => undefined) },
    { name: 'flow override of flows-guarded removed', apply: (calls) => setOverrides(calls, 'flows-guarded', { browser: '' }) },
    { name: 'flow override of flows-app changed', apply: (calls) => setOverrides(calls, 'flows-app', { browser: 'browser' }) },
    { name: 'flow override of flows-other added', apply: (calls) => setOverrides(calls, 'flows-other', { direct_grant: 'direct grant' }) },
  ],
  read: async (calls) => {
    const found: Record<string, Json> = {};
    const names = new Map<string, string>();
    for (const flow of [...list(await must(calls, 'GET', `${AUTH}/flows`)), { alias: 'saml ecp' }]) {
      const alias = text(flow, 'alias') ?? '';
      names.set(text(flow, 'id') ?? '', alias);
      const rows: Json[] = [];
      for (const row of await rowsOf(calls, alias)) {
        const sub = row['flowId'] === undefined ? null : object(await must(calls, 'GET', `${AUTH}/flows/${String(row['flowId'])}`)) ?? {};
        const config = row['authenticationConfig'] === undefined ? null : object(await must(calls, 'GET', `${AUTH}/config/${String(row['authenticationConfig'])}`)) ?? {};
        rows.push({
          level: row['level'] ?? 0, name: row['providerId'] ?? null, requirement: row['requirement'] ?? null, priority: row['priority'] ?? null,
          sub: sub === null ? null : { alias: sub['alias'] ?? null, description: sub['description'] || null, type: sub['providerId'] ?? null },
          config: config === null ? null : { alias: config['alias'] ?? null, config: config['config'] ?? {} },
        });
      }
      found[alias] = { description: text(flow, 'description') || null, type: text(flow, 'providerId') ?? null, rows };
    }
    const realm = object(await must(calls, 'GET', '')) ?? {};
    const bindings = Object.fromEntries(Object.entries(realm).filter(([key, value]) => key.endsWith('Flow') && typeof value === 'string'));
    const clients = list(await must(calls, 'GET', '/clients?max=-1')).map((client): readonly [string, Json] => {
      const overrides = object(object(client)?.['authenticationFlowBindingOverrides']) ?? {};
      return [text(client, 'clientId') ?? '', { authorization: object(client)?.['authorizationServicesEnabled'] ?? false, ...Object.fromEntries(Object.entries(overrides).map(([name, id]) => [name, names.get(String(id)) ?? null])) }];
    });
    const sorted = (entries: readonly (readonly [string, Json])[]): JsonObject => Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    return { flows: sorted(Object.entries(found)), bindings, clients: sorted(clients) };
  },
};
