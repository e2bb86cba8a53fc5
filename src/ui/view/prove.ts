/** Prove: what a token shows, and the words OK and NOT PROVEN, which differ without any colour. */
import type { Proof } from '../../runbook/model.ts';
import type { Size } from '../terminal.ts';
import { sanitise, truncateEnd } from '../text.ts';
import { line, span, wrap, type Line } from './line.ts';
import { payloadLines } from './payload.ts';
import type { Scene, Screen } from './types.ts';
import { WAY_WORDS } from './words.ts';

/** What a proof says about itself before it comes to how: `claim groups is there: `, which the verdict says as well. */
const SAID = /^(?:claim|audience|scope|\S+ in claim) .{0,300}? is there: /s;

/** How it was shown, without the words that the verdict has: `access by a preview for alice (no session, no event)`. */
function howText(proof: Proof): string | null {
  return proof.outcome === 'proven' && SAID.test(proof.because) ? proof.because.replace(SAID, '') : null;
}

/** How it was proven, by which key, for whom. */
function wayText(proof: Proof): string {
  const { signature } = proof;
  const key = signature === null ? '' : signature.sameKeyAsBefore === null ? '' : signature.sameKeyAsBefore ? ' (same key as before the incident)' : ' (ANOTHER KEY than before the incident)';
  const signed = signature === null ? '' : `, ${signature.alg}, kid ${truncateEnd(sanitise(signature.kid), 8)}${key}, signature ${signature.valid ? 'valid' : 'INVALID'}`;
  return `${WAY_WORDS[proof.way]}${proof.user === null ? '' : `, user ${proof.user}`}${signed}`;
}

function awaitedText(proof: Proof): string {
  const { claim, member } = proof.expectation;
  return member === undefined ? `claim "${claim}"` : `"${member}" in claim "${claim}"`;
}

/** One verdict in words. `last` is the verdict above it: what was shown in the same way is not explained twice. */
export function verdictLines(proof: Proof, owner: string, size: Size, last?: Proof): readonly Line[] {
  const what = awaitedText(proof);
  const { client } = proof.expectation;
  const whose = client === owner ? '' : ` of ${client}`;
  switch (proof.outcome) {
    case 'proven': {
      const how = howText(proof);
      const told = how === null ? `   ${proof.because}` : last !== undefined && howText(last) === how ? ', shown the same way' : `: ${how}`;
      return wrap(line(' ', span('ok', 'OK'), `  ${what}${whose} is there`, span('muted', told)), size.columns, 5);
    }
    case 'not-proven':
      return [...wrap(line(' ', span('danger', 'NOT PROVEN'), `  ${client}: ${what} is still missing.`), size.columns, 5), ...wrap(line('   ', proof.because), size.columns, 3)];
    case 'not-showable':
      return [...wrap(line(' ', span('warn', 'NOT SHOWN'), `  ${client}: ${what} cannot be shown here, and is not counted as proven.`), size.columns, 5), ...wrap(line('   ', proof.because), size.columns, 3)];
  }
}

/** One proof: way, payload excerpt, verdict. `last` is what stood above it: the same token is shown once. */
function proofLines(proof: Proof, owner: string, size: Size, last: Proof | undefined): readonly Line[] {
  const told = last !== undefined && wayText(last) === wayText(proof);
  // A preview has no signature, and its verdict names the user: a line of its own would say the same.
  const way = told || (proof.signature === null && howText(proof) !== null) ? [] : wrap(line('   ', span('muted', wayText(proof))), size.columns, 3);
  const sameToken = last !== undefined && JSON.stringify(last.payload) === JSON.stringify(proof.payload);
  return [...way, ...payloadLines(proof, size, !sameToken), ...verdictLines(proof, owner, size, last)];
}

/** All proofs of one client; what failed comes last, where the eye is. */
export function proofsLines(owner: string, proofs: readonly Proof[], size: Size): readonly Line[] {
  const sorted = proofs.toSorted((a, b) => RANK[a.outcome] - RANK[b.outcome]);
  return sorted.flatMap((proof, index) => proofLines(proof, owner, size, sorted[index - 1]));
}

const RANK: Readonly<Record<Proof['outcome'], number>> = { 'proven': 0, 'not-showable': 1, 'not-proven': 2 };

export const NOT_PROVEN_NEXT = 'Next: choose a probe user whose token can show it (p), accept it with a reason that goes into the transcript (a), or leave (q).';

export function notProvenScreen(owner: string, proofs: readonly Proof[], { size, local }: Scene): Screen {
  const missing = proofs.filter((proof) => proof.outcome === 'not-proven');
  const asked = local.field === 'user' ? 'Name of the probe user: ' : local.field === 'reason' ? 'Reason: ' : null;
  return {
    body: [line(' ', span('strong', `Prove  ${owner}`)), ...proofsLines(owner, missing, size)],
    prompt: asked === null ? wrap(line(' ', NOT_PROVEN_NEXT), size.columns, 1) : [line(` ${asked}`, span('focus', `${local.typed}▏`))],
  };
}
