/// `prometheus.yml`: read strictly, with all problems and their places at once.
/// - **Lives here:** the records of the file, their defaults, inheritance and validation.
/// - **May not live here:** disk access (files come through [ConfigFiles]), and what is done with
///   it.
/// - **Threads:** everything is immutable once read.
/// - **Units:** every length of time is a `Duration`; sizes are bytes; a limit of 0 is no limit.
/// - **Spec:** the configuration page of Prometheus 3.14.
@NullMarked
package io.trivigil.scraper.config;

import org.jspecify.annotations.NullMarked;
