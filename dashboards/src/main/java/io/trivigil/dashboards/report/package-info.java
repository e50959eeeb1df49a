/// Reports that leave the browser: files for people, with pictures by JFreeChart.
/// - **Lives here:** the model of a drill's report, its page and its picture.
/// - **May not live here:** running a drill, files, HTTP.
/// - **Threads:** everything is immutable or made for one call.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC, or a length where the name says so.
@NullMarked
package io.trivigil.dashboards.report;

import org.jspecify.annotations.NullMarked;
