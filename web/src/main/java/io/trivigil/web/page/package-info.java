/// The pages: asks the node, fills in the models of `dashboards`, and sends what it renders.
/// - **Lives here:** one method for each page, cookies, assets.
/// - **May not live here:** HTML, texts, and decisions.
/// - **Threads:** handlers run on virtual threads and keep nothing.
/// - **Units:** a `long …Ms` is epoch milliseconds UTC.
@NullMarked
package io.trivigil.web.page;

import org.jspecify.annotations.NullMarked;
