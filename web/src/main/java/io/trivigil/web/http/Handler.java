package io.trivigil.web.http;

/// Answers the requests of one route. Called from many virtual threads at once; may block.
@FunctionalInterface
public interface Handler {
  /// @throws ApiException where the request is answered by an error
  /// @throws InterruptedException if the server stops, or the client is gone
  Answer handle(Request request) throws InterruptedException;

  /// Whether it may be called where nobody may wait: then it does nothing that takes long or can
  /// not be done twice without [AtHand#refuse] before. Such is none that does not say so.
  default boolean knowsAtHand() {
    return false;
  }

  /// The same, of which [#knowsAtHand] holds.
  static Handler atHand(Handler handler) {
    return new Handler() {
      @Override
      public Answer handle(Request request) throws InterruptedException {
        return handler.handle(request);
      }

      @Override
      public boolean knowsAtHand() {
        return true;
      }
    };
  }
}
