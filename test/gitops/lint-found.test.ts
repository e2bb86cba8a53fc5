import { describe, expect, test } from 'vitest';
import { lintFile } from '../../src/gitops/lint.ts';

// Files of a second pair of eyes: each was judged wrongly, or mended into something that was not harmless.
const job = (lines: string) => `apiVersion: batch/v1\nkind: Job\nmetadata: {name: i}\nspec:\n  template:\n    spec:\n      containers:\n        - name: i\n          image: quay.io/keycloak/keycloak:26.7.4\n${lines.replace(/^(?=.)/gm, '          ')}`;
const JVM = '-Dkeycloak.migration.action=import -Dkeycloak.migration.provider=dir';

describe('is what it is', () => {
  test.each<readonly [path: string, text: string, verdict: string]>([
    // A guard that is there or not.
    ['templates/job.yaml', job('args:\n  - import\n  - --dir=/realms\n{{- if .Values.keep }}\n  - --override=false\n{{- end }}\n'), 'destructive'],
    ['templates/job.yaml', job('args:\n  - import\n{{- if .Values.o }}\n  - --override=true\n{{- else }}\n  - --override=false\n{{- end }}\n'), 'destructive'],
    ['templates/job.yaml', job('args: [import]\nenv:\n{{- if not .Values.o }}\n  - {name: KC_OVERRIDE, value: "false"}\n{{- end }}\n'), 'destructive'],
    ['templates/job.yaml', `{{- if .Values.import }}\n${job('args: [import, --override=false]\n')}{{- end }}\n`, 'seed-only'],
    ['a.sh', 'if [ "$KEEP" = true ]; then export KC_OVERRIDE=false; fi\nkc.sh import --file x\n', 'destructive'],
    ['a.sh', 'if [ "$KEEP" = true ]; then\n  export KC_OVERRIDE=false\n  kc.sh import --file x\nfi\n', 'seed-only'],
    ['a.sh', 'FLAGS=--override=true\nif [ "$KEEP" ]; then FLAGS=--override=false; fi\nkc.sh import --file x $FLAGS\n', 'destructive'],
    ['a.sh', 'export KC_OVERRIDE=false\nif [ "$KEEP" ]; then echo hello; fi\nkc.sh import --file x\n', 'seed-only'],
    // Whose variables they are.
    ['a.sh', 'export KC_OVERRIDE=false\ndocker compose exec -T keycloak /opt/keycloak/bin/kc.sh import --file /x.json\n', 'destructive'],
    ['a.sh', 'docker compose exec -e KC_OVERRIDE=false keycloak /opt/keycloak/bin/kc.sh import --file /x.json\n', 'seed-only'],
    ['a.sh', 'export KC_OVERRIDE=false\ndocker run -e KC_OVERRIDE quay.io/keycloak/keycloak:26.7.4 import --file /x.json\n', 'seed-only'],
    ['a.sh', 'export KC_OVERRIDE=false\nkubectl exec -n iam kc-0 -- /opt/keycloak/bin/kc.sh import --file /x.json\n', 'destructive'],
    ['a.sh', 'export KC_OVERRIDE=false\nssh host "/opt/keycloak/bin/kc.sh import --file x"\n', 'destructive'],
    ['a.sh', `docker run -e KC_OVERRIDE=false --entrypoint sh kc -c "kc.sh import --file /x"\n`, 'seed-only'],
    ['compose.yaml', 'services:\n  i:\n    image: keycloak/keycloak:26.7.4\n    command: import --file x\n    environment:\n      KC_OVERRIDE: ${KC_OVERRIDE:-false}\n', 'seed-only'],
    // Imports that were not seen.
    ['a.sh', 'docker compose run --rm keycloak import --dir /opt/keycloak/data/import --override true\n', 'destructive'],
    ['a.sh', 'docker-compose run keycloak import --dir /opt/keycloak/data/import\n', 'destructive'],
    ['a.sh', 'docker run --rm -v "$PWD":/x "$IMAGE" import --dir /x/realms\n', 'destructive'],
    ['Taskfile.yml', "version: '3'\ntasks:\n  import:\n    cmds:\n      - docker exec keycloak /opt/keycloak/bin/kc.sh import --file /tmp/r.json\n", 'destructive'],
    ['package.json', '{"scripts": {"import": "docker exec keycloak /opt/keycloak/bin/kc.sh import --file /tmp/r.json"}}', 'destructive'],
    ['.gitlab-ci.yml', '.x: &import\n  - kubectl exec kc-0 -- /opt/keycloak/bin/kc.sh import --file /x.json\njob:\n  script:\n    - echo a\n    - *import\n', 'destructive'],
    ['justfile', 'import:\n    docker exec keycloak /opt/keycloak/bin/kc.sh import --file /x.json\n', 'destructive'],
    ['Jenkinsfile', "stage('i') { steps { sh 'docker exec keycloak /opt/keycloak/bin/kc.sh import --file /x.json' } }\n", 'destructive'],
    ['Jenkinsfile', "steps {\n  sh '''\n    set -e\n    kc.sh import --file x\n  '''\n}\n", 'destructive'],
    ['a.sh', 'helm upgrade kc bitnami/keycloak --set keycloakConfigCli.enabled=true\n', 'destructive'],
    ['a.sh', 'OUT="$(docker exec keycloak /opt/keycloak/bin/kc.sh import --file x)"\n', 'destructive'],
    ['a.sh', 'args=(import --file "$F" --override=true)\nkc.sh "${args[@]}"\n', 'destructive'],
    ['a.sh', `STRATEGY=OVERWRITE_EXISTING\nexport JAVA_OPTS_APPEND="${JVM} -Dkeycloak.migration.strategy=$STRATEGY"\nkc.sh start\n`, 'destructive'],
    ['a.sh', `cat <<EOF | kubectl apply -f -\n${job('args: ["import", "--file=/r.json"]\n')}EOF\n`, 'destructive'],
    ['a.sh', 'helm upgrade kc bitnami/keycloak -f - <<EOF\nkeycloakConfigCli:\n  enabled: true\nEOF\n', 'destructive'],
    ['a.sh', 'ssh host <<EOF\n/opt/keycloak/bin/kc.sh import --file x\nEOF\n', 'destructive'],
    ['a.sh', 'cat <<EOF > notes.txt\nDo not run kc.sh import --file x\nEOF\n', 'none'],
    ['Dockerfile', 'FROM keycloak\nRUN <<EOF\n/opt/keycloak/bin/kc.sh import --dir /data\nEOF\n', 'destructive'],
    ['main.tf', 'resource "null_resource" "x" {\n  provisioner "local-exec" {\n    command = "kubectl exec kc-0 -- /opt/keycloak/bin/kc.sh import --file /x.json"\n  }\n}\n', 'destructive'],
    ['main.tf', 'resource "null_resource" "x" {\n  provisioner "local-exec" {\n    command = <<-EOT\n      /opt/keycloak/bin/kc.sh import --file /x.json\n    EOT\n  }\n}\n', 'destructive'],
    ['main.tf', 'resource "x" "y" {\n  provisioner "remote-exec" {\n    inline = ["cd /opt", "sudo /opt/keycloak/bin/kc.sh import --file x"]\n  }\n}\n', 'destructive'],
    // What stands around a command, and what it asks for.
    ['a.sh', "docker exec $(docker ps | grep keycloak | awk '{print $1}') /opt/keycloak/bin/kc.sh import --file /x.json\n", 'destructive'],
    ['a.sh', '/opt/keycloak/bin/kc.sh import --file "$(ls /opt/keycloak/data/import/*.json | head -1)"\n', 'destructive'],
    ['a.sh', 'docker run --rm -v "$(realpath ./import):/opt/keycloak/data/import" quay.io/keycloak/keycloak:26.7.4 import --dir /opt/keycloak/data/import\n', 'destructive'],
    ['a.sh', 'FLAGS="import --file /x.json"\nif [ "$KEEP" = true ]; then FLAGS="$FLAGS --override=false"; fi\n/opt/keycloak/bin/kc.sh $FLAGS\n', 'destructive'],
    ['a.sh', `if [ "$KEEP" ]; then export JAVA_OPTS_APPEND="${JVM} -Dkeycloak.migration.strategy=OVERWRITE_EXISTING"; else export JAVA_OPTS_APPEND="${JVM} -Dkeycloak.migration.strategy=IGNORE_EXISTING"; fi\nexec kc.sh start\n`, 'destructive'],
    ['a.sh', `if [ "$KEEP" ]; then export JAVA_OPTS_APPEND="${JVM} -Dkeycloak.migration.strategy=IGNORE_EXISTING"; fi\nexec kc.sh start\n`, 'seed-only'],
    ['a.sh', '[ "$KEEP" = true ] && export KC_OVERRIDE=false\nkc.sh import --file x.json\n', 'destructive'],
    ['a.sh', 'export A=b && export KC_OVERRIDE=false && kc.sh import --file x.json\n', 'seed-only'],
    ['a.sh', 'if KC_OVERRIDE=false kc.sh import --file x.json; then echo ok; fi\n', 'seed-only'],
    ...['--volumes-from kc', '-it --link pg:pg -e KC_DB=postgres', '--memory 1g', '--pull always', '-dp 8080:8080', '$DOCKER_OPTS'].map((options) => ['a.sh', `docker run --rm ${options} quay.io/keycloak/keycloak:26.7.4 import --file /x.json\n`, 'destructive'] as const),
    ['a.sh', 'docker run --cpus 2 -e KC_OVERRIDE="false" kc kc.sh import --file /realm.json\n', 'seed-only'],
    ['a.sh', 'kubectl run imp --image quay.io/keycloak/keycloak:26.7.4 --restart=Never -- import --dir /data\n', 'destructive'],
    ['a.sh', 'kubectl run imp --image geo/loader:1 --restart=Never -- import --file /data/places.json\n', 'none'],
    ['a.sh', 'export KC_OVERRIDE=false\ndocker exec -i kc bash <<EOF\nkc.sh import --file x.json\nEOF\n', 'destructive'],
    ['a.sh', 'sshpass -p "$P" ssh host "/opt/keycloak/bin/kc.sh import --file x"\n', 'destructive'],
    ['values.yaml', 'extraInitContainers: |\n  - name: i\n    image: keycloak/keycloak:26.7.4\n    args:\n      - import\n    {{- if .Values.keep }}\n      - --override=false\n    {{- end }}\n', 'destructive'],
    ['entrypoint.sh.j2', '{% if keep %}\nexport KC_OVERRIDE=false\n{% endif %}\nkc.sh import --file x.json\n', 'destructive'],
    ['templates/job.yaml', job('args: [import, --file=/r.json]\nenv:\n  - name: A\n    value: b\n{{- if .Values.guard }}\n  - name: KC_OVERRIDE\n    value: "false"\n{{- end }}\n'), 'destructive'],
    ['templates/cm.yaml', 'kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: {{ include "x" . }}\ndata:\n  run.sh: |\n    {{- if .Values.a }}\n    kc.sh import --file x.json\n    {{- end }}\n', 'destructive'],
    ['Taskfile.yml', "version: '3'\ntasks:\n  a:\n    cmds:\n      - export KC_OVERRIDE=false\n      - kc.sh import --file x.json\n", 'destructive'],
    ['a.sh', `kubectl apply -f - <<EOF\na: 1\n---\n${job('args: ["import", "--file=/r.json"]\n')}EOF\n`, 'destructive'],
    ['Jenkinsfile', "sh(label: 'import', script: 'kc.sh import --file x.json')\n", 'destructive'],
    ['Jenkinsfile', 'sh "docker exec kc bash -c \\"kc.sh import --file x.json\\""\n', 'destructive'],
    ['Jenkinsfile', "// sh 'kc.sh import --file x.json'\nsh 'echo'\n", 'none'],
    ['check.sh', "if grep -rn -- '-Dkeycloak.migration.action=import' deploy/; then exit 1; fi\n", 'none'],
    ['check.sh', "git grep -n -- '-Dkeycloak.migration.action=import'\n", 'none'],
    // What is no import of a realm, or only spoken of.
    ['values.yaml', 'geocoder:\n  job:\n    args: ["import", "--dir", "/data/osm"]\n# keycloak/keycloak\n', 'none'],
    ['cm.yaml', 'kind: ConfigMap\napiVersion: v1\ndata:\n  README.md: |\n    Never run this:\n    ```\n    kc.sh import --file x\n    ```\n', 'none'],
    ['.github/workflows/x.yml', 'jobs:\n  a:\n    steps:\n      - name: kc.sh import --file realm.json\n        run: echo hi\n', 'none'],
    ['check.sh', "#!/bin/sh\ngrep -rn -- '-Dkeycloak.migration.action=import' deploy/\n", 'none'],
    ['.env', `JAVA_OPTS_APPEND="${JVM} -Dkeycloak.migration.strategy="IGNORE_EXISTING""\n`, 'seed-only'],
    ['compose.yaml', `services:\n  kc:\n    image: keycloak/keycloak:26.7.4\n    command: start\n    environment:\n      JAVA_OPTS_APPEND: ${JVM} -Dkeycloak.migration.strategy=\${S:-IGNORE_EXISTING}\n`, 'seed-only'],
    ['a.sh', 'kc.sh import --file /x.json --override "${O:-false}"\n', 'seed-only'],
  ])('%s: %j is %s', (path, text, verdict) => {
    expect(lintFile(path, text, null).verdict).toBe(verdict);
  });
});

describe('is mended, and harmless then', () => {
  test.each([
    ['a.sh', `export JAVA_OPTS_APPEND="${JVM} -Dkeycloak.migration.strategy=$STRATEGY"\nkc.sh start\n`, `export JAVA_OPTS_APPEND="${JVM} -Dkeycloak.migration.strategy=IGNORE_EXISTING"\nkc.sh start\n`],
    ['.env', `JAVA_OPTS_APPEND=${JVM} -Dkeycloak.migration.strategy=\${S:-OVERWRITE_EXISTING}\n`, `JAVA_OPTS_APPEND=${JVM} -Dkeycloak.migration.strategy=IGNORE_EXISTING\n`],
    ['a.sh', 'kc.sh import --file /x.json --override "${O:-true}"\n', 'kc.sh import --file /x.json --override "false"\n'],
    ['a.sh', 'kc.sh import --file /x.json --override=${O:-true}\n', 'kc.sh import --file /x.json --override=false\n'],
    ['compose.yaml', 'services:\n  i:\n    image: keycloak/keycloak\n    command: import --file x --override=${O:-true}\n', 'services:\n  i:\n    image: keycloak/keycloak\n    command: import --file x --override=false\n'],
    ['job.yaml', job('args:\n  - import\n  - --override\n  - $(OVERRIDE)\n'), job('args:\n  - import\n  - --override\n  - "false"\n')],
    ['a.sh', 'out=`./kc.sh import --file /x --override true`\n', 'out=`./kc.sh import --file /x --override false`\n'],
    ['a.sh', '(cd /opt/keycloak && bin/kc.sh import)\n', '(cd /opt/keycloak && bin/kc.sh import --override=false)\n'],
    ['a.sh', 'kc.sh import --override --file /x.json\n', 'kc.sh import --override=false --file /x.json\n'],
    ['a.sh', 'docker run --rm -e KC_OVERRIDE="true" quay.io/keycloak/keycloak:26.7.4 import --file /x.json\n', 'docker run --rm -e KC_OVERRIDE="false" quay.io/keycloak/keycloak:26.7.4 import --override=false --file /x.json\n'],
  ])('%s: %j', (path, text, wanted) => {
    const { verdict, fixed } = lintFile(path, text, null);
    expect({ verdict, fixed }).toEqual({ verdict: 'destructive', fixed: wanted });
    expect(lintFile(path, wanted, null)).toMatchObject({ verdict: 'seed-only', fixed: null });
  });
});

describe('is judged in its time', () => {
  test.each([
    ['a.sh', `kc.sh import${' a'.repeat(8_000)}\n`], ['.env', 'A_VARIABLE=some value\n'.repeat(8_000)], ['Dockerfile', `FROM keycloak\n${'RUN kc.sh import\nENV A=b\n'.repeat(800)}`],
    ['.env', `JAVA_OPTS_APPEND=-Dkeycloak.migration.strategy="${'$(a)'.repeat(40)} x\n`], ['a.sh', `kc.sh import ${'}'.repeat(20_000)}\n`],
    ['main.tf', `args = ["import"]\n${'command = ["a", "b"]\n'.repeat(4_000)}`],
  ])('%s', (path, text) => {
    expect(lintFile(path, text, null).file).toBe(path);
  }, 5_000);
});

test('what steers a template is not mended away', () => {
  const text = `extraEnv:\n  JAVA_OPTS_APPEND: "${JVM} {{ if .Values.keep }}-Dkeycloak.migration.strategy=IGNORE_EXISTING{{ end }}"\n`;
  expect(lintFile('values.yaml', text, null)).toMatchObject({ verdict: 'destructive', fixed: null });
});
