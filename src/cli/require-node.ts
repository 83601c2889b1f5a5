import { exitCode } from './exit-code';
import { isNodeFit, neededNode } from './node-version';

// Imported before everything else: an older Node would fail over a package, or later over SQLite, without saying why.
if (!isNodeFit(process.versions.node)) {
  console.error(`realtime-relay needs Node ${neededNode}, but this is ${process.versions.node}.`);
  process.exit(exitCode.misused);
}
