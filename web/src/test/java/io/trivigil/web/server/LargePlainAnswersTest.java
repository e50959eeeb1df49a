package io.trivigil.web.server;

/// The same of answers that are pushed to their connection.
class LargePlainAnswersTest extends LargeAnswersTest {
  @Override
  String prefix() {
    return "/api/v1";
  }
}
