/// How loops that wait for their time get threads and wait.
/// - **Lives here:** the port [Workers] and its form for a running node.
/// - **May not live here:** what any loop does; clocks.
/// - **Threads:** virtual ones in a running node; simulated ones, all on one carrier, in tests.
/// - **Units:** every length of time is a `Duration` or ends in `Ms`.
@NullMarked
package io.trivigil.model.work;

import org.jspecify.annotations.NullMarked;
