import { parseTree, printParseErrorCode } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';
import { LineCounter, parseAllDocuments } from 'yaml';
import { lineOf, lineStart } from '../splice/text.ts';

/** Where the first error of a text lies that should be JSON or YAML, and what it is: `line 3, column 15: value expected`. null: there is none. */
export function syntaxError(text: string): string | null {
  const bare = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return /^\s*[[{]/.test(bare) ? jsonError(bare) : yamlError(bare);
  } catch (error) {
    // Both parsers go one call deeper for each bracket.
    if (error instanceof RangeError) return 'line 1, column 1: more brackets within each other than can be read';
    throw error;
  }
}

/** Keycloak reads strict JSON: comments and trailing commas are errors. */
function jsonError(text: string): string | null {
  const errors: ParseError[] = [];
  parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const first = errors[0];
  if (!first) return null;
  const words = printParseErrorCode(first.error).replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return `line ${lineOf(text, first.offset)}, column ${first.offset - lineStart(text, first.offset) + 1}: ${words}`;
}

function yamlError(text: string): string | null {
  const lines = new LineCounter();
  const documents = [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent', uniqueKeys: false })];
  const first = documents.flatMap((document) => ('errors' in document ? document.errors : []))[0];
  if (!first) return null;
  const { line, col } = lines.linePos(first.pos[0]);
  return `line ${line}, column ${col}: ${first.code.toLowerCase().replaceAll('_', ' ')}`;
}
