/**
 * Which rights of the cluster a step needs, and which of them these credentials lack: asked beforehand by SelfSubjectAccessReview, which
 * everybody may (verified-kube.md 3.5), so that nothing fails half way.
 */
import { createHash } from 'node:crypto';
import { RescueError } from '../realm/errors.ts';
import { at, textAt } from '../gitops/controllers/object.ts';
import type { ClusterApi } from './api.ts';
import type { Need } from './needs.ts';

export { endNeeds, evidenceNeeds, freezeNeeds, keycloakNeeds, safeNeeds, searchNeeds, thawNeeds } from './needs.ts';
export type { FreezeScope, Need } from './needs.ts';

/** Reviews under way at once: an API server gives one client about ten a second before it makes it wait. */
const AT_ONCE = 8;

/**
 * What of it these credentials may not do, in the order of the needs; one that is needed twice is named once.
 * @throws RescueError when the cluster cannot be asked
 */
export async function missingRights(api: ClusterApi, needs: readonly Need[]): Promise<readonly Need[]> {
  const wanted = needs.filter((need, index) => needs.findIndex((other) => keyOf(other) === keyOf(need)) === index);
  const allowed = new Map<string, boolean>();
  const left = [...wanted];
  const work = async (): Promise<void> => {
    for (let need = left.shift(); need; need = left.shift()) allowed.set(keyOf(need), await isAllowed(api, need));
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, wanted.length) }, work));
  return wanted.filter((need) => allowed.get(keyOf(need)) !== true);
}

const keyOf = ({ verb, group, resource, namespace, name }: Need): string => JSON.stringify([namespace, group, resource, verb, name ?? null]);

async function isAllowed(api: ClusterApi, { verb, group, resource, namespace, name }: Need): Promise<boolean> {
  const resourceAttributes = { verb, group, resource, ...(namespace === null ? {} : { namespace }), ...(name === undefined ? {} : { name }) };
  return at(await api.review('SelfSubjectAccessReview', 'authorization.k8s.io', { spec: { resourceAttributes } }), 'status', 'allowed') === true;
}

/**
 * The user as the API server knows us, such as `oncall@example.org` or `system:serviceaccount:iam:rescue`. A server older than 1.28 has no
 * SelfSubjectReview; then it is `the user of context …`, which no Role can name.
 */
export async function whoAmI(api: ClusterApi): Promise<string> {
  const unknown = `the user of context ${api.context}`;
  try {
    return textAt(await api.review('SelfSubjectReview', 'authentication.k8s.io', {}), 'status', 'userInfo', 'username') ?? unknown;
  } catch (error) {
    if (error instanceof RescueError && error.code === 'object-not-found') return unknown;
    throw error;
  }
}

/** The order of verbs in a rule; others follow. */
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/**
 * The missing rights as YAML for `kubectl apply`: a Role and its RoleBinding for each namespace, a ClusterRole and its binding for what is
 * needed everywhere. Empty where nothing is missing.
 *
 * @param user  as `whoAmI` gives it; a service account is bound as one
 */
export function roleYaml(missing: readonly Need[], user: string): string {
  const namespaces = [...new Set(missing.map(({ namespace }) => namespace))].sort((a, b) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1));
  return namespaces.flatMap((namespace) => granted(missing.filter((need) => need.namespace === namespace), namespace, user)).join('---\n');
}

function granted(needs: readonly Need[], namespace: string | null, user: string): readonly string[] {
  const rules = rulesOf(needs);
  const subject = subjectLines(user);
  // An earlier grant, and that of somebody else, has another name: apply would put these rules in their place.
  const name = `realm-rescue-${createHash('sha256').update(JSON.stringify([rules, subject])).digest('hex').slice(0, 8)}`;
  const kind = namespace === null ? 'ClusterRole' : 'Role';
  const head = (of: string): readonly string[] => [
    'apiVersion: rbac.authorization.k8s.io/v1', `kind: ${of}`, 'metadata:', `  name: ${name}`, ...(namespace === null ? [] : [`  namespace: ${JSON.stringify(namespace)}`]),
  ];
  return [
    [...head(kind), 'rules:', ...rules],
    [...head(`${kind}Binding`), 'roleRef:', '  apiGroup: rbac.authorization.k8s.io', `  kind: ${kind}`, `  name: ${name}`, 'subjects:', ...subject],
  ].map((lines) => `${lines.join('\n')}\n`);
}

function subjectLines(user: string): readonly string[] {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user);
  if (account) return ['  - kind: ServiceAccount', `    name: ${JSON.stringify(account[2])}`, `    namespace: ${JSON.stringify(account[1])}`];
  return ['  - kind: User', '    apiGroup: rbac.authorization.k8s.io', `    name: ${JSON.stringify(user)}`];
}

/** One rule for each group and set of verbs; verbs on one object have a rule of their own with resourceNames. */
function rulesOf(needs: readonly Need[]): readonly string[] {
  const verbs = new Map<string, Set<string>>();
  const cell = (group: string, resource: string, name: string | null): string => JSON.stringify([group, resource, name]);
  // Those of all objects first: what they give need not be given again for one.
  for (const { group, resource, name, verb } of needs.toSorted((a, b) => Number(a.name !== undefined) - Number(b.name !== undefined))) {
    if (name !== undefined && verbs.get(cell(group, resource, null))?.has(verb)) continue;
    const key = cell(group, resource, name ?? null);
    verbs.set(key, (verbs.get(key) ?? new Set<string>()).add(verb));
  }
  const rules = new Map<string, Set<string>>();
  for (const [key, set] of verbs) {
    const [group, resource, name] = JSON.parse(key) as [string, string, string | null];
    const rule = JSON.stringify([group, name, ordered(set)]);
    rules.set(rule, (rules.get(rule) ?? new Set<string>()).add(resource));
  }
  return [...rules].flatMap(([rule, resources]) => {
    const [group, name, allowed] = JSON.parse(rule) as [string, string | null, string[]];
    return [`  - apiGroups: ${flow([group])}`, `    resources: ${flow([...resources])}`, ...(name === null ? [] : [`    resourceNames: ${flow([name])}`]), `    verbs: ${flow(allowed)}`];
  });
}

const ordered = (verbs: ReadonlySet<string>): readonly string[] => [...VERBS.filter((verb) => verbs.has(verb)), ...[...verbs].filter((verb) => !VERBS.includes(verb))];

/** A list on one line. JSON is YAML, and a name such as `no` stays a text. */
const flow = (texts: readonly string[]): string => `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`;
