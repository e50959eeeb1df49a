/// Times of day, of week and of year at which routes are quiet or active.
/// - **Lives here:** reading and asking time intervals.
/// - **May not live here:** routes. Nothing of this may be asked in `apply`: zones differ by JVM.
/// - **Threads:** all values are immutable.
/// - **Spec:** alertmanager `timeinterval`.
@NullMarked
package io.trivigil.alertmanager.interval;

import org.jspecify.annotations.NullMarked;
