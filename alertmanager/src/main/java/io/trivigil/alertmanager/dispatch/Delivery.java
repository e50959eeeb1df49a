package io.trivigil.alertmanager.dispatch;

/// What became of one request.
public sealed interface Delivery {
  /// The receiver took it.
  record Delivered() implements Delivery {}

  /// It may be tried again; it may even have been delivered.
  ///
  /// @param category `serverError`, `timeout` …: a metric's label
  record Retry(String category, String reason) implements Delivery {}

  /// The receiver refused it for good.
  record Failed(String category, String reason) implements Delivery {}

  /// Nothing was written, because this node no longer leads or its lease is over.
  record NotWritten() implements Delivery {}
}
