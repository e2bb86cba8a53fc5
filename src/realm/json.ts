/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object whose fields are not known beforehand. */
export type JsonObject = { readonly [key: string]: Json };
