/** The shells, and kubectl, which calls a program to complete the words of a plugin. This list is loaded for `--help`. */
export const shells = ['bash', 'zsh', 'fish', 'kubectl'] as const
export type Shell = (typeof shells)[number]

export const shellArgument = ['<shell>', shells.join(', '), { values: shells }] as const
