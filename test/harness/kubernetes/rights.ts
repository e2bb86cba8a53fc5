import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { KubernetesCalls } from './client.ts';

/** A rule of a Role. The group of ConfigMaps, Secrets and the like is ''. */
export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  /** Only in a ClusterRole. */
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

export interface Rights {
  /** Binds a Role with these rules to the group `oncall`, or a ClusterRole where the namespace is null, and waits until it counts. */
  grant(namespace: string | null, rules: readonly Rule[]): Promise<void>;
  /** Takes back everything that was granted, and waits until that counts. */
  revokeAll(): Promise<void>;
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** How long the authorizer may take to hear of a change, in milliseconds. It takes some tens of them. */
const LIMIT = 10_000;

/** Both wait because the authorizer hears of a role through a watch, some time after the answer. */
export function openRights(admin: KubernetesCalls, oncall: KubernetesCalls): Rights {
  const granted: { readonly paths: readonly string[]; readonly namespace: string | null; readonly rules: readonly Rule[] }[] = [];

  async function until(namespace: string | null, expected: (found: readonly Rule[]) => boolean): Promise<void> {
    const end = Date.now() + LIMIT;
    while (!expected(await rulesOf(oncall, namespace))) {
      if (Date.now() > end) throw new Error(`The rights of oncall did not change within ${LIMIT / 1000} s.`);
      await delay(20);
    }
  }

  return {
    async grant(namespace, rules) {
      const place = namespace === null ? RBAC : `${RBAC}/namespaces/${namespace}`;
      const [roles, bindings, kind] = namespace === null ? [`${place}/clusterroles`, `${place}/clusterrolebindings`, 'ClusterRole'] : [`${place}/roles`, `${place}/rolebindings`, 'Role'];
      const { metadata: { name } } = await admin.create(roles, { metadata: { generateName: 'oncall-' }, rules });
      granted.push({ paths: [`${bindings}/${name}`, `${roles}/${name}`], namespace, rules });
      await admin.create(bindings, {
        metadata: { name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'oncall' }],
      });
      await until(namespace, (found) => rules.every((rule) => includes(found, rule)));
    },
    async revokeAll() {
      const all = granted.splice(0);
      for (const path of all.flatMap(({ paths }) => paths)) await admin.remove(path);
      for (const { namespace, rules } of all) await until(namespace, (found) => !rules.some((rule) => includes(found, rule)));
    },
  };
}

/** What the server itself says the user may do. Rules of the whole cluster are among those of every namespace. */
async function rulesOf(user: KubernetesCalls, namespace: string | null): Promise<readonly Rule[]> {
  const { status } = await user.create<{ status: { resourceRules: readonly Rule[]; nonResourceRules: readonly Rule[] } }>('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { spec: { namespace: namespace ?? 'default' } });
  return [...status.resourceRules, ...status.nonResourceRules];
}

function includes(found: readonly Rule[], wanted: Rule): boolean {
  return found.some((rule) => (['apiGroups', 'resources', 'resourceNames', 'nonResourceURLs', 'verbs'] as const).every((part) => isDeepStrictEqual(rule[part] ?? [], wanted[part] ?? [])));
}
