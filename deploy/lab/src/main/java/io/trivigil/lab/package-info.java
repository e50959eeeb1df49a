/// The instruments of the suites that run real processes: a child process, an HTTP client, a
/// remote-write sender, waiting, a look at how busy the machine is, and a list of checks.
/// - **Lives here:** what more than one suite needs.
/// - **May not live here:** anything of the product, and any scenario.
/// - **Threads:** each class says.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
@NullMarked
package io.trivigil.lab;

import org.jspecify.annotations.NullMarked;
