/// JMH benchmarks of what remote write passes before the log. A test runs each once, so that none
/// can rot.
/// - **Lives here:** questions about cost, with their workload and the expected answer.
/// - **May not live here:** checks of behaviour.
/// - **Threads:** one per benchmark.
/// - **Units:** nanoseconds a sample, by `@OperationsPerInvocation`.
@NullMarked
package io.trivigil.web.bench;

import org.jspecify.annotations.NullMarked;
