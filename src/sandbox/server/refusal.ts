import type { Json } from '../../realm/json.ts';

/** Thrown by a handler to answer with an error, as Keycloak's exception mappers do. A request that is refused changes nothing. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly body: Json;
  constructor(status: number, body: Json) {
    super(`refused with ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** JAX-RS exceptions: `{"error": "…"}`. */
export const notFound = (error: string): Refusal => new Refusal(404, { error });
/** Keycloak's ErrorResponse: `{"errorMessage": "…"}`. */
export const errorMessage = (status: number, message: string): Refusal => new Refusal(status, { errorMessage: message });
/** OAuth errors and ModelExceptions: `{"error": "…", "error_description": "…"}`. */
export const described = (status: number, error: string, description: string): Refusal => new Refusal(status, { error, error_description: description });
/** What an uncaught exception of the server looks like. */
export const unknownError = (): Refusal => described(500, 'unknown_error', 'For more on this error consult the server log.');
