/** Who holds what is asked again for every claim of every client; one answer serves a whole run, until something about people is written. */
import type { RequestTemplate } from '../../realm/model.ts';
import type { Api } from '../api.ts';

export interface KnownPeople {
  /** An Api whose reads below the realm are answered from memory where they were asked before. */
  readonly api: Api;
  forget(): void;
}

export function rememberPeople(api: Api): KnownPeople {
  const answers = new Map<string, ReturnType<Api['read']>>();
  return {
    api: {
      ...api,
      read: (parts, query = {}) => {
        const key = JSON.stringify([parts, query]);
        const known = answers.get(key) ?? api.read(parts, query);
        answers.set(key, known);
        // What could not be read this time may be readable the next.
        known.catch(() => answers.delete(key));
        return known;
      },
    },
    forget: () => answers.clear(),
  };
}

/** What a write must not touch for the memory to stay true: client scopes, their links and mappers, and scope mappings say nothing about people. */
const ABOUT_CLIENTS = new Set(['client-scopes', 'default-client-scopes', 'optional-client-scopes', 'protocol-mappers', 'scope-mappings']);

/** Whether a write may change who there is, or who holds which role or is in which group. */
export function concernsPeople({ path }: RequestTemplate): boolean {
  return !path.some((part) => typeof part === 'string' && ABOUT_CLIENTS.has(part));
}
