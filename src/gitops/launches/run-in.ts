/** What a command line starts in a container: docker, podman, nerdctl, their compose, kubectl and oc. */
import { variableIn } from './variables.ts';
import type { Launch, Variable, Word } from './launch.ts';

const RUNNER = /(?:^|\/)(docker|podman|nerdctl|kubectl|oc|docker-compose|podman-compose)$/;
/** Options of docker, compose and kubectl that have no value behind them; short ones may stand together (`-it`, but `-dp 8080:80`). */
const FLAG = /^-[a-zA-Z]*[itdPqTDQ]$|^--(?:rm|init|privileged|read-only|interactive|tty|detach|publish-all|no-healthcheck|quiet|no-deps|build|no-TTY|service-ports|use-aliases|stdin|attach|command|remote|quiet-pull|remove-orphans|leave-stdin-open|expose|all-resources)$/;
const takesValue = (option: string | undefined) => option !== undefined && option.startsWith('-') && option !== '--' && !option.includes('=') && !FLAG.test(option);
const IMAGE = /^(?![-./])[\w.\-/:${}]*keycloak[\w.\-/]*(?::[\w.\-${}]+)?(?:@sha256:\w+)?$/i;

/**
 * `docker run -e NAME=value image args`, `docker compose exec service command`, `kubectl exec pod -- command`: what runs in the container, with its
 * variables and none of the shell's.
 */
export function runInContainer(words: readonly Word[], { environment: outer, addVariable }: Pick<Launch, 'environment' | 'addVariable'>): Launch | null {
  const runner = words.findIndex(({ text }) => RUNNER.test(text));
  const verb = words.findIndex(({ text }, index) => index > runner && /^(?:run|exec|create|rsh)$/.test(text));
  if (runner === -1 || verb === -1 || !words.slice(runner + 1, verb).every(({ text }, index, all) => /^(?:-|compose$|container$)/.test(text) || takesValue(all[index - 1]?.text))) return null;
  const options = words.slice(verb + 1);
  const separator = /(?:kubectl|oc)$/.test(words[runner]?.text ?? '') ? options.findIndex(({ text }) => text === '--') : -1;
  const end = separator === -1 ? targetIn(options) : separator;
  if (end === -1) return null;
  const given = options.slice(0, end);
  const behind = (option: RegExp) => given.flatMap((word, index) => (option.test(given[index - 1]?.text ?? '') ? [word.text] : [])).at(-1);
  const environment = given.flatMap((word, index): readonly Variable[] => {
    const text = /^(?:-e|--env)$/.test(given[index - 1]?.text ?? '') ? word.text : /^(?:--env=|-e=?)["']?(\w+.*?)["']?$/.exec(word.text)?.[1];
    if (text === undefined) return [];
    // A name alone hands on what the shell has.
    return text.includes('=') ? variableIn(text, word) : outer.filter(({ name }) => name === text);
  });
  const entrypoint = given.flatMap((word, index) => (given[index - 1]?.text === '--entrypoint' ? [word] : word.text.startsWith('--entrypoint=') ? [{ ...word, text: word.text.slice('--entrypoint='.length) }] : []));
  const image = given.find(({ text }) => text.startsWith('--image='))?.text.slice('--image='.length) ?? behind(/^--image$/) ?? (separator === -1 ? options[end]?.text : null) ?? null;
  return { words: [...entrypoint, ...options.slice(end + 1)], environment, image, addVariable };
}

/** Where the image, service or container stands: the first word that is no option and no value of one, or the image of Keycloak behind what nobody knows. */
function targetIn(options: readonly Word[]): number {
  const first = options.findIndex(({ text }, index) => !text.startsWith('-') && !takesValue(options[index - 1]?.text));
  const command = options.findIndex(({ text }) => text === 'import' || /\bkc\.(?:sh|bat)$/.test(text));
  const image = options.findIndex(({ text }, index) => index > first && index < command && IMAGE.test(text) && !/\.(?:sh|ya?ml|json)$/.test(text));
  return first !== -1 && image !== -1 && !IMAGE.test(options[first]?.text ?? '') ? image : first;
}
