/// What an evaluation does, written down for people.
/// - **Lives here:** the nodes of a plan with what each of them cost.
/// - **May not live here:** evaluation, JSON.
/// - **Threads:** everything here is immutable.
/// - **Units:** times are nanoseconds of the thread that ran the query; sizes are bytes.
@NullMarked
package io.trivigil.promql.plan;

import org.jspecify.annotations.NullMarked;
