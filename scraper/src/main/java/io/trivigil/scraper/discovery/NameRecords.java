package io.trivigil.scraper.discovery;

import java.io.IOException;
import java.util.List;

/// The name system as DNS discovery needs it.
@FunctionalInterface
public interface NameRecords {
  /// The records of a name as they are written in a zone: `10 60 9100 host.` for SRV, an address
  /// for A. Empty where the name has none of that type.
  ///
  /// @throws IOException if no answer could be had
  List<String> lookup(String name, String type) throws IOException;
}
