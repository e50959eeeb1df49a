/// Our own metrics: what a module counts about itself, and the text that `/metrics` serves.
/// - **Lives here:** counters, gauges, histograms, and their registry.
/// - **May not live here:** HTTP, and metrics of others.
/// - **Threads:** everything may be called from any thread.
@NullMarked
package io.trivigil.model.metric;

import org.jspecify.annotations.NullMarked;
