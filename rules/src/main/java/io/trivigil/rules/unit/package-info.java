/// Rule unit tests: the files of `promtool test rules`.
/// - **Lives here:** the reader of test files and the runner, on the same evaluator and machine as
///   in production.
/// - **May not live here:** reading of disks, the command line, the series notation (it is
///   PromQL's).
/// - **Threads:** a test runs on its caller's thread.
@NullMarked
package io.trivigil.rules.unit;

import org.jspecify.annotations.NullMarked;
