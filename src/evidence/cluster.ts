/** Realms that lie in a cluster. This side knows what texts are; `kubernetes` fetches them, and is loaded only when a spec asks for it. */
import { RescueError } from '../realm/errors.ts';
import { isYamlPath } from '../gitops/artefacts/artefact.ts';
import { realmInText, unreadable, type FoundRealm } from './document.ts';
import type { ClusterSpec } from './spec.ts';

/** A text that may hold a realm. It may hold secrets, too: nothing of it goes into a message. */
export interface ClusterText {
  /** What it is called: a spec that names it alone, where there is one. Its ending tells YAML from JSON. */
  readonly name: string;
  readonly text: string;
  /** ISO time of its last write; of now where nothing tells. */
  readonly capturedAt: string;
  /** What a person should know of it: `last written by kubectl-edit`. */
  readonly notes: readonly string[];
}

/** What the evidence reader needs from a cluster; `kubernetes` implements it. */
export interface ClusterEvidence {
  /**
   * The texts that a spec names, at least one: of each key of an object; of each part of a Helm release, what was applied first.
   *
   * @throws RescueError `object-not-found`, `evidence-unreadable`, `missing-role` and what else a cluster refuses
   */
  read(spec: ClusterSpec): Promise<readonly ClusterText[]>;
}

export interface FoundInCluster extends FoundRealm {
  readonly capturedAt: string;
  readonly notes: readonly string[];
}

/**
 * The realm of that name among texts.
 *
 * @param given  the spec as it was given
 * @throws RescueError as `realmInText`; `evidence-unreadable` where several keys hold the realm, with the specs to choose from
 */
export function realmAmong(texts: readonly ClusterText[], spec: ClusterSpec, given: string, realm: string): FoundInCluster {
  const tried = texts.map((text) => ({ text, found: realmIn(text, realm) }));
  const holding = tried.flatMap(({ text, found }) => (found instanceof RescueError ? [] : [{ text, found }]));
  // A placeholder fits any realm; the realm's own name fits better.
  const exact = holding.filter(({ found }) => found.representation.realm === realm);
  const [first, ...others] = exact.length > 0 ? exact : holding;
  if (first === undefined) throw whyNone(tried, given, realm);
  // Parts of a release have no spec of their own: what was applied comes first, the values that it was made from after it.
  if (others.length > 0 && spec.type !== 'helm') {
    throw unreadable(`Several keys of ${given} hold realm ${realm}.`, [`Name the one that is meant: ${[first, ...others].map(({ text }) => text.name).join(' or ')}.`]);
  }
  const place = [first.text.name, first.found.where].filter((part) => part !== '' && part !== given).join(', ');
  return {
    ...first.found, where: '', capturedAt: first.text.capturedAt,
    notes: [...(place === '' ? [] : [`read from ${place}`]), ...first.text.notes, ...(others.length === 0 ? [] : [`also in ${others.map(({ text }) => text.name).join(', ')}`])],
  };
}

/** Whether a closer look is worth it: megabytes of something else are not parsed. */
export function speaksOfRealm(text: string): boolean {
  return /\brealm\\*["']?\s*:/.test(text);
}

/** The realm of that name in one text, or why it is not there. */
export function realmIn({ name, text }: ClusterText, realm: string): FoundRealm | RescueError {
  try {
    return realmInText(name, text, realm);
  } catch (error) {
    if (!(error instanceof RescueError)) throw error;
    return (isYamlPath(name) || error.code === 'evidence-other-realm' || !speaksOfRealm(text) ? null : asKey(name, text, realm)) ?? error;
  }
}

/** A key needs no ending to hold YAML: within an object it is read as whatever it is. */
function asKey(name: string, text: string, realm: string): FoundRealm | null {
  try {
    return realmInText(name, JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', data: { key: text } }), realm);
  } catch (error) {
    if (!(error instanceof RescueError)) throw error;
    return null;
  }
}

interface Tried {
  readonly text: ClusterText;
  readonly found: FoundRealm | RescueError;
}

/** Of many keys the one that speaks of a realm tells best what is wrong. */
function whyNone(tried: readonly Tried[], given: string, realm: string): RescueError {
  const failures = tried.flatMap(({ text, found }) => (found instanceof RescueError ? [{ text, found }] : []));
  const other = failures.filter(({ found }) => found.code === 'evidence-other-realm');
  const speaking = failures.filter(({ text }) => speaksOfRealm(text.text));
  const [only] = failures.length === 1 ? failures : other.length === 1 ? other : other.length === 0 && speaking.length === 1 ? speaking : [];
  if (only !== undefined) return only.found;
  const names = failures.map(({ text }) => text.name);
  return unreadable(`No part of ${given} holds realm ${realm}; looked at ${names.slice(0, 6).join(', ')}${names.length > 6 ? ` and ${names.length - 6} more` : ''}.`, ['Name the object that holds it, or another source of evidence.']);
}
