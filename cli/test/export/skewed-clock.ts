/** Loaded before a program of the tests, by NODE_OPTIONS: from then on, the clock of its machine is SKEW_MS ahead, or behind if negative. */
const now = Date.now
const skewMs = Number(process.env.SKEW_MS)
Date.now = () => now() + skewMs
