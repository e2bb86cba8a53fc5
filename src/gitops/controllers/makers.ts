/**
 * What makes an object out of itself: git has the maker, so whoever applies the maker is behind what it makes. A CronJob makes Jobs, Keycloak's own operator
 * makes one of a KeycloakRealmImport (writers.md 3.1), and Secrets come out of a SealedSecret or an ExternalSecret. Pure.
 */
import { listAt, nameOf, RESOURCES, shownObject, textAt, type KubeObject, type ObjectName, type ResourceWord } from './object.ts';

const MAKERS = ['cronjob', 'keycloakrealmimport', 'sealedsecret', 'externalsecret'] as const satisfies readonly ResourceWord[];

/** By owner reference; null where the object does not say so. */
export function makerOf({ metadata }: KubeObject): ObjectName | null {
  const { ownerReferences = [], namespace = null } = metadata;
  for (const { kind, name, apiVersion } of ownerReferences) {
    const word = MAKERS.find((known) => RESOURCES[known].kind === kind && apiVersion.startsWith(`${RESOURCES[known].group}/`));
    if (word !== undefined) return nameOf(word, namespace, name);
  }
  return null;
}

/**
 * Whether the External Secrets Operator has written a Secret. With creationPolicy Orphan or Merge it leaves no owner reference, and always the hash of what it wrote
 * (external-secrets, externalsecret_controller.go).
 */
export function isFromStore({ kind, metadata: { annotations = {}, labels = {} } }: KubeObject): boolean {
  return kind === 'Secret' && (annotations['reconcile.external-secrets.io/data-hash'] !== undefined || labels['reconcile.external-secrets.io/created-by'] !== undefined);
}

/** The Secret that an ExternalSecret writes: the one of its own name unless it says another. */
export function targetOf(externalSecret: KubeObject): string {
  const name = textAt(externalSecret, 'spec', 'target', 'name') ?? '';
  return name === '' ? externalSecret.metadata.name : name;
}

/** What a pause of GitOps does not stop there; null where there is nothing of the kind. */
export function makerNote(made: KubeObject, maker: KubeObject): string | null {
  if (maker.kind === 'SealedSecret') return `${shownObject(made)} is made by ${shownObject(maker)}: its controller writes it again from the sealed text, when that changes and when the controller starts anew; a pause of GitOps does not stop the controller`;
  if (maker.kind !== 'ExternalSecret') return null;
  return `${shownObject(made)} is made by ${shownObject(maker)} from ${storesOf(maker)}, ${refreshOf(maker)}; a pause of GitOps does not stop its refresh: what is wrong in the text has to be corrected in the store`;
}

function storesOf(externalSecret: KubeObject): string {
  const data = ['data', 'dataFrom'].flatMap((part) => listAt(externalSecret, 'spec', part));
  const named = [[externalSecret, 'spec', 'secretStoreRef'] as const, ...data.map((entry) => [entry, 'sourceRef', 'storeRef'] as const)].flatMap(([holder, ...path]) => {
    const name = textAt(holder, ...path, 'name');
    return name === undefined ? [] : [`${textAt(holder, ...path, 'kind') ?? 'SecretStore'} ${name}`];
  });
  return named.length === 0 ? 'its store' : [...new Set(named)].join(' and ');
}

/** The operator also writes again what somebody has edited, whatever the policy (external-secrets.io, API of ExternalSecret). */
function refreshOf(externalSecret: KubeObject): string {
  const [policy, interval] = [textAt(externalSecret, 'spec', 'refreshPolicy'), textAt(externalSecret, 'spec', 'refreshInterval') ?? '1h'];
  const again = 'whenever somebody edits the Secret';
  if (policy === 'OnChange') return `again when the ExternalSecret changes and ${again}`;
  if (policy === 'CreatedOnce' || /^(?:0+(?:\.0+)?[a-zµ]*)+$/.test(interval)) return `once, and again ${again}`;
  return `again every ${interval} and ${again}`;
}
