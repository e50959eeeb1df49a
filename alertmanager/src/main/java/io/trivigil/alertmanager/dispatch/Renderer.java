package io.trivigil.alertmanager.dispatch;

import io.trivigil.alertmanager.state.Payload;

/// Makes the bytes of a notification, with the templates of the current configuration: its port.
public interface Renderer {
  /// Renders one notification.
  ///
  /// @param attemptId becomes the mail's Message-ID
  /// @param nowMs the time of the notification
  /// @param maxBytes the most that the bytes may be; alerts are left out (and counted) to keep it
  /// @throws RenderException if a template fails, or the limit can not be kept
  Payload render(Action.Notify notify, Action.Need need, String attemptId, long nowMs, int maxBytes)
      throws RenderException;

  /// A notification that can not be rendered; the message says why.
  final class RenderException extends Exception {
    private static final long serialVersionUID = 1;

    public RenderException(String message) {
      super(message);
    }
  }
}
