/// What the leader does: evaluates each group at its slots and proposes what it decided.
/// - **Lives here:** the evaluation of groups, the schedule, the loop.
/// - **May not live here:** state that must survive: that is in [io.trivigil.rules.run].
/// - **Threads:** an evaluator is immutable; each group of the loop has one named virtual thread.
@NullMarked
package io.trivigil.rules.eval;

import org.jspecify.annotations.NullMarked;
