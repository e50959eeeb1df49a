/// The life of one alert as a pure state machine.
/// - **Lives here:** states, timing, one alert with its texts.
/// - **May not live here:** clocks, queries, templates, the log.
/// - **Threads:** everything is immutable.
@NullMarked
package io.trivigil.rules.alert;

import org.jspecify.annotations.NullMarked;
