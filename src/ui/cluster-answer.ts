import type { Question } from '../runbook/model.ts';
import type { Answer } from '../runner/handle.ts';

/** What the typed word (or leaving it) means where the cluster is asked; null for other questions. Both front ends for people share it. */
export function clusterAnswer(question: Question | null, yes: boolean): Answer | null {
  switch (question?.kind) {
    case 'pause': return { type: 'pause.answered', pause: yes, by: 'person' };
    case 'terminate': return { type: 'terminate.answered', terminate: yes, by: 'person' };
    case 'make-safe': return { type: 'safe.answered', object: question.risk.object, safe: yes, by: 'person' };
    case 'resume': return { type: 'resume.answered', resume: yes, by: 'person' };
    case 'restart': return { type: 'restart.answered', restart: yes, by: 'person' };
    default: return null;
  }
}
