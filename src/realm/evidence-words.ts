/** How a source of evidence begins, as `--evidence` and the screens take it; anything else is a path. */
export const EVIDENCE_WORDS = ['file', 'git', 'snapshot', 'realm', 'configmap', 'secret', 'last-applied', 'helm', 'realmimport', 'keycloakrealm', 'events'] as const;

const SPEC = new RegExp(`^(?:${EVIDENCE_WORDS.join('|')})(?::|$)`);

/** A typed source as a spec: a bare path means `file:`. */
export function evidenceSpec(typed: string): string {
  return SPEC.test(typed) ? typed : `file:${typed}`;
}
