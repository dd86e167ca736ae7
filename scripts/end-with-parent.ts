/**
 * Preloaded into child processes of `npm start` (node --import): when the parent is gone, killed or crashed, the
 * channel to it closes and the child ends in order instead of living on alone.
 */
process.on('disconnect', () => {
  process.kill(process.pid, 'SIGTERM')
})
// Watching the channel must not keep a finished process alive.
process.channel?.unref()
