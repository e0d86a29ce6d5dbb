import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { fixturesFolder } from './fixtures.js';
import { type Style, show, showMistake, showProblem } from './terminal.js';
import { examples, type Reply } from './verb.js';
import { VERBS } from './verbs.js';

/** Runs the command line and sets the exit code: 0 fine, 1 a problem in the input, 2 not done. */
export async function run(args: readonly string[]): Promise<void> {
  const program = new Command('pagewright')
    .description('What every page-table entry means to Linux.')
    .version(version(), '--version', 'print the version')
    .option('--json', 'print the answer as JSON')
    .option('--no-color', 'print without colours (as NO_COLOR=1 does)')
    .option('--debug', 'show the evidence and the stack of errors')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      outputError: () => undefined,
      writeErr: (text) => process.stdout.write(text),
    })
    .exitOverride()
    .addHelpText(
      'after',
      examples(
        ['pagewright decode x86_64 0x8000000123456b67', 'What a word says'],
        ['pagewright <verb> --help', 'More about a verb, with examples'],
      ),
    );
  const words = withVerb(args);
  try {
    await defineVerbs(program, words);
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    const { debug } = program.opts<Style>();
    if (!(error instanceof CommanderError)) showMistake(error, debug);
    else if (error.exitCode !== 0) showProblem(usageProblem(error, verbIn(words)), debug);
  }
}

/** `help VERB` is `VERB --help`; no verb at all is the demo, where its data are, or help. */
function withVerb(args: readonly string[]): string[] {
  const [first, ...rest] = args;
  if (first === 'help') return [...rest, '--help'];
  const asksNothing = args.every(
    (arg) => arg.startsWith('-') && !/^(-h|--help|--version)$/.test(arg),
  );
  if (!asksNothing) return [...args];
  return [...args, fixturesFolder() === undefined ? '--help' : 'demo'];
}

/** Declares all verbs, and loads the one that is named; one that does not exist is a usage error. */
async function defineVerbs(program: Command, words: readonly string[]): Promise<void> {
  const reply: Reply = async (answer) => show(await answer, program.opts<Style>());
  const verb = verbIn(words);
  const named = words.find(isOperand);
  if (named !== undefined && verb === undefined) {
    throw new CommanderError(2, 'unknown-verb', `unknown verb '${named.slice(0, 40)}'`);
  }
  for (const { name, summary, load } of VERBS) {
    const command = program.command(name).description(summary);
    if (name === verb) (await load()).define(command, reply);
  }
}

const isOperand = (word: string): boolean => !word.startsWith('-');

/** The verb that is named, if it exists. */
function verbIn(words: readonly string[]): string | undefined {
  const named = words.find(isOperand);
  return VERBS.find(({ name }) => name === named)?.name;
}

/** What the command line says wrongly, in one line that names the help to read. */
function usageProblem(error: CommanderError, verb: string | undefined) {
  const message = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  const help = ['pagewright', ...(verb === undefined ? [] : [verb]), '--help'].join(' ');
  return { code: error.code, message: `${message}; see ${help}` };
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
