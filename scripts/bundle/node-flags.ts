/**
 * The flags of Node in the image and in benches. Measured on the bundled webhook with 32 connections on 2 cores: without the flag the young
 * generation grows, and memory reaches 150 to 180 MB. With it memory reaches 130 to 140 MB at the same 2,000 to 2,400 reviews a second.
 * 1 and 2 MB promote short-lived objects (145 to 160 MB, and fewer reviews a second). Node sizes the old generation
 * by the memory limit of the container. Source maps (--enable-source-maps) would need another 25 MB, so they are applied offline.
 *
 * Not used: without V8's middle compiler (--no-maglev) memory reaches 10 to 25 MB less, but the webhook takes longer to become fast: creates through the
 * API server reach 0.88 to 0.96 of those of a bare route in the first minute, instead of 1.0.
 */
export const nodeFlags = ['--max-semi-space-size=8']
