/** Whether objects on the server are as a write was to make them. */
import { readsAs } from './fields.ts';
import type { Image, ObjectId, Operation } from './model.ts';
import { isUnknown } from './unknowns.ts';

/** Everything whose image a write names: what it covers and what comes along, such as the settings of a new client. */
export function touchedBy(operation: Operation): readonly ObjectId[] {
  return [...new Set([...operation.before, ...operation.after].map((image) => image.id))];
}

/** Whether all objects are as wanted. A value that no source knows, such as a new secret, only has to be there; so has, inside a value, what the server masks. */
export function sameImages(seen: readonly Image[], wanted: readonly Image[]): boolean {
  return differingImages(seen, wanted).length === 0;
}

/** Which of the wanted objects are not as wanted. */
export function differingImages(seen: readonly Image[], wanted: readonly Image[]): readonly ObjectId[] {
  const found = new Map(seen.map((image) => [image.id, image.value]));
  return wanted.filter(({ id, value }) => {
    const there = found.get(id) ?? null;
    return there === null || value === null || isUnknown(value) ? (there === null) !== (value === null) : isUnknown(there) || !readsAs(there, value);
  }).map(({ id }) => id);
}
