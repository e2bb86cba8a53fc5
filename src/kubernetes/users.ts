/** What a kubeconfig says of its users and the library does not know: token files, plugins beside the file, whom to act as. */
import { dirname, isAbsolute, resolve } from 'node:path';
import type { User } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { RescueError } from '../realm/errors.ts';
import { oneLine } from '../keycloak/text.ts';

/** Whom the API server is to take us for; who may do so is its business (verbs `impersonate`). */
export interface Impersonation {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** A user of the library with what it has left out. */
export interface KnownUser extends User {
  readonly impersonation?: Impersonation;
}

interface Entry {
  readonly name?: unknown;
  readonly user?: Readonly<Record<string, unknown>> | null;
}

/**
 * The users that the library read from a file, each with what stands in that file besides.
 * @param text  of the file
 */
export function wholeUsers(users: readonly User[], text: string, file: string): KnownUser[] {
  const entries = (parse(text) as { readonly users?: readonly Entry[] } | null)?.users ?? [];
  return users.map((user) => {
    const said = entries.find(({ name }) => name === user.name)?.user ?? {};
    return withImpersonation(withTokenFile(withPluginBeside(user, dirname(file)), said, dirname(file)), said);
  });
}

/** A plugin that is named by a path lies beside the file; the library looks for it where it runs. */
function withPluginBeside(user: User, directory: string): User {
  const exec = user.exec as { readonly command?: unknown } | undefined;
  if (typeof exec?.command !== 'string' || !exec.command.includes('/') || isAbsolute(exec.command)) return user;
  return { ...user, exec: { ...exec, command: resolve(directory, exec.command) } };
}

/** The library knows tokenFile only under another name (token-file), and reads that file once. Like kubectl, the file counts before a token beside it. */
function withTokenFile({ token, ...user }: User, { tokenFile: file }: Readonly<Record<string, unknown>>, directory: string): User {
  if (typeof file !== 'string' || file === '') return { ...user, ...(token === undefined ? {} : { token }) };
  return { ...user, authProvider: { name: 'tokenFile', config: { tokenFile: resolve(directory, file) } } };
}

/** The library sends `as` alone: whoever acts as a user with groups would have none of their rights. */
function withImpersonation(user: User, said: Readonly<Record<string, unknown>>): KnownUser {
  const text = (name: string): string => (typeof said[name] === 'string' ? said[name] : '');
  const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);
  const stated = said['as-user-extra'];
  const extra = Object.fromEntries(Object.entries(typeof stated === 'object' && stated !== null ? stated : {}).map(([key, values]) => [key, texts(values)]));
  const impersonation: Impersonation = { user: text('as'), uid: text('as-uid'), groups: texts(said['as-groups']), extra };
  return impersonation.user === '' && impersonation.uid === '' && impersonation.groups.length === 0 && Object.keys(extra).length === 0 ? user : { ...user, impersonation };
}

/**
 * The headers that ask the API server to take us for somebody, as client-go sends them (transport/round_trippers.go): one a group, and of a key
 * every byte escaped that no header name may have. Empty where the user acts as nobody.
 *
 * @throws RescueError `kubeconfig` for groups without a user, which kubectl refuses as well, and for a text that no header can carry
 */
export function impersonationHeaders({ impersonation, name }: KnownUser): Readonly<Record<string, string | readonly string[]>> {
  if (impersonation === undefined) return {};
  const { user, uid, groups, extra } = impersonation;
  if (user === '') throw refused(name, 'asks for groups, a uid or extras of somebody to act as (as-groups, as-uid, as-user-extra), and does not say as whom', 'Add as: NAME to that user, or take them out');
  const headers = [
    ['impersonate-user', user] as const, ...(uid === '' ? [] : [['impersonate-uid', uid] as const]), ...(groups.length === 0 ? [] : [['impersonate-group', groups] as const]),
    ...Object.entries(extra).flatMap(([key, values]) => (values.length === 0 ? [] : [[`impersonate-extra-${escaped(key)}`, values] as const])),
  ];
  // oxlint-disable-next-line no-control-regex
  if (headers.flatMap(([, value]) => value).some((value) => /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))) throw refused(name, 'acts as somebody whose name, group or extra holds a control character, which no request can carry', 'Correct as, as-groups, as-uid and as-user-extra');
  // A header is bytes, and the API server reads them as UTF-8.
  return Object.fromEntries(headers.map(([key, value]) => [key, typeof value === 'string' ? bytes(value) : value.map(bytes)]));
}

const refused = (user: string, what: string, next: string): RescueError => new RescueError('kubeconfig', `User "${oneLine(user)}" of the kubeconfig ${what}.`, [`${next} in the kubeconfig.`]);
const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const escaped = (key: string): string => bytes(key).replaceAll(/[^!#$&'*+\-.^_`|~0-9A-Za-z]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
