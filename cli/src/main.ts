#!/usr/bin/env node
import { exitCode, sentence } from '@ecr-anywhere/shared/fault.ts'
import { version } from '@ecr-anywhere/shared/version.ts'
import { Command, CommanderError } from 'commander'
import { subcommands } from './subcommands.ts'

const usageExitCode = 2

const program = new Command('ecr-anywhere')
  .description('Private Amazon ECR images on any Kubernetes cluster, with credentials that renew themselves.')
  .version(version)
  .showHelpAfterError('Run `ecr-anywhere --help` for the subcommands.')
  .exitOverride()

for (const { name, about, options, load } of subcommands) {
  const command = program.command(name).description(about).allowExcessArguments(false)
  for (const [flags, text] of options) command.option(flags, text)
  command.action(async given => {
    const { main } = await load()
    process.exitCode = await main(given)
  })
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : usageExitCode
  } else {
    // The last line of stdout is the pod's termination message.
    process.stdout.write(`ecr-anywhere: ${sentence(error)}\n`)
    process.exitCode = exitCode(error)
  }
}
