/** Where an object of the normal form stands in a realm file. Data; what writes there lives in gitops. */
import type { RoleRef } from './keys.ts';

/** One step into a realm: a field, or the element of a list that has these natural key fields. */
export type FileStep = string | Readonly<Record<string, string>>;

/** value: an object, a list of its own or a scalar. member: a text in a list of texts. */
export type FilePlace =
  | { readonly as: 'value'; readonly steps: readonly FileStep[] }
  | { readonly as: 'member'; readonly steps: readonly FileStep[]; readonly member: string };

export const valueAt = (...steps: readonly FileStep[]): FilePlace => ({ as: 'value', steps });
export const memberAt = (text: string, ...steps: readonly FileStep[]): FilePlace => ({ as: 'member', steps, member: text });

/** The steps to a role in a realm file. */
export const roleSteps = (role: RoleRef): readonly FileStep[] => ['roles', ...(role.client === null ? ['realm'] : ['client', role.client]), { name: role.role }];

/** Where the list of a role's names lies below something that keeps realm roles and client roles apart. */
export const roleListSteps = (role: RoleRef, realm: string, client: string): readonly FileStep[] => (role.client === null ? [realm] : [client, role.client]);

/** The steps to a group, by its path. */
export function groupSteps(names: readonly string[]): readonly FileStep[] {
  const [top = '', ...below] = names;
  return ['groups', { name: top }, ...below.flatMap((name): readonly FileStep[] => ['subGroups', { name }])];
}
