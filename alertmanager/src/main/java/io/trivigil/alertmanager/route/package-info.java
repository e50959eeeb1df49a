/// Where an alert goes: the tree of routes and the keys of groups.
/// - **Lives here:** matching down the tree, inherited options, group keys, inhibition rules.
/// - **May not live here:** YAML, time, state.
/// - **Threads:** all values are immutable.
/// - **Spec:** alertmanager `dispatch/route.go`, `inhibit/inhibit.go`.
@NullMarked
package io.trivigil.alertmanager.route;

import org.jspecify.annotations.NullMarked;
