import { RescueError } from '../realm/errors.ts';
import type { Json } from '../realm/json.ts';
import type { ObjectId, Reference, RequestTemplate, Template } from '../realm/model.ts';
import type { References } from '../runner/ports.ts';

/** How references are answered; `undefined` where nothing is known. */
export interface Answers {
  id(object: ObjectId): string | undefined;
  role(object: ObjectId): { readonly id: string; readonly name: string } | undefined;
  secret(object: ObjectId, field: string, from?: 'live'): string | undefined;
  serviceAccount(object: ObjectId): string | undefined;
}

export function isReference(value: unknown): value is Reference {
  return typeof value === 'object' && value !== null && ('$id' in value || '$role' in value || '$serviceAccount' in value || '$secret' in value);
}

/** The clients whose service accounts a request mentions. */
export function serviceAccountsIn(request: RequestTemplate): ObjectId[] {
  const found: ObjectId[] = [];
  const walk = (value: Template | undefined): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isReference(value)) {
      if ('$serviceAccount' in value) found.push(value.$serviceAccount);
      return;
    }
    Object.values(value).forEach(walk);
  };
  walk(request.path);
  walk(request.body);
  return [...new Set(found)];
}

/**
 * The parts of a path with its references filled in.
 * @throws RescueError `write-failed` naming the object whose id is not known
 */
export function fillPath(path: RequestTemplate['path'], answers: Answers): string[] {
  return path.map((part) => {
    if (typeof part === 'string') return part;
    const value = plainAnswer(part, answers);
    if (value === undefined) throw unknownObject(part);
    return value;
  });
}

/**
 * A body with its references filled in. A secret that no evidence has falls away with its field: Keycloak then makes a
 * new one.
 * @throws RescueError `write-failed` naming the object whose id is not known
 */
export function fillBody(template: Template, answers: Answers): Json {
  if (isReference(template)) {
    if ('$role' in template) {
      const role = answers.role(template.$role);
      if (!role) throw unknownObject(template);
      return { id: role.id, name: role.name };
    }
    const value = plainAnswer(template, answers);
    if (value === undefined) throw unknownObject(template);
    return value;
  }
  if (Array.isArray(template)) return template.map((entry: Template) => fillBody(entry, answers));
  if (typeof template !== 'object' || template === null) return template as Json;
  return Object.fromEntries(Object.entries(template).flatMap(([field, value]: [string, Template]) => {
    if (isUnknownSecret(value, answers) || (Array.isArray(value) && value.length > 0 && value.every((entry: Template) => isUnknownSecret(entry, answers)))) return [];
    return [[field, fillBody(value, answers)]];
  }));
}

function isUnknownSecret(value: Template, answers: Answers): boolean {
  return isReference(value) && '$secret' in value && answers.secret(value.$secret, value.field, value.from) === undefined;
}

/** The path for people: UUIDs shortened, what is not known yet named in braces. */
export function describePath(path: RequestTemplate['path'], references: References): string[] {
  return path.map((part) => {
    if (typeof part === 'string') return shorten(part);
    if ('$id' in part) return shorten(references.id(part.$id) ?? `{${part.$id}}`);
    return '$role' in part ? `{${part.$role}}` : '$serviceAccount' in part ? `{service account of ${part.$serviceAccount.replace(/^client:/, '')}}` : '{secret}';
  });
}

/** `7d0e…` for a UUID; names stay. */
export function shorten(part: string): string {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(part) ? `${part.slice(0, 4)}…` : part;
}

function plainAnswer(reference: Reference, answers: Answers): string | undefined {
  if ('$id' in reference) return answers.id(reference.$id);
  if ('$serviceAccount' in reference) return answers.serviceAccount(reference.$serviceAccount);
  return '$secret' in reference ? answers.secret(reference.$secret, reference.field, reference.from) : answers.role(reference.$role)?.id;
}

function unknownObject(reference: Reference): RescueError {
  const name = '$id' in reference ? reference.$id : '$role' in reference ? reference.$role : '$serviceAccount' in reference ? `the service account of ${reference.$serviceAccount}` : `the secret of ${reference.$secret}`;
  return new RescueError('write-failed', `The request mentions ${name}, which is not in the live realm; nothing was sent.`, ['Restore that object first, or compare again.']);
}
