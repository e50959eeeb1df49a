package io.trivigil.storage.index;

import org.apache.lucene.codecs.DocValuesProducer;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValuesSkipper;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/// The reference and the metric of new members, which each of them has.
final class MemberValues extends DocValuesProducer {
  private final NewMembers.Grouped members;

  MemberValues(NewMembers.Grouped members) {
    this.members = members;
  }

  @Override
  public NumericDocValues getNumeric(FieldInfo field) {
    return new Refs(members.refs());
  }

  @Override
  public SortedDocValues getSorted(FieldInfo field) {
    return new Metrics(members);
  }

  private static final class Refs extends NumericDocValues {
    private final long[] refs;
    private int doc = -1;

    Refs(long[] refs) {
      this.refs = refs;
    }

    @Override
    public long longValue() {
      return refs[doc];
    }

    @Override
    public boolean advanceExact(int target) {
      doc = target;
      return true;
    }

    @Override
    public int docID() {
      return doc;
    }

    @Override
    public int nextDoc() {
      return advance(doc + 1);
    }

    @Override
    public int advance(int target) {
      doc = target < refs.length ? target : NO_MORE_DOCS;
      return doc;
    }

    @Override
    public long cost() {
      return refs.length;
    }
  }

  private static final class Metrics extends SortedDocValues {
    private final NewMembers.Grouped members;
    private int doc = -1;

    Metrics(NewMembers.Grouped members) {
      this.members = members;
    }

    @Override
    public int ordValue() {
      return members.metricOrds()[doc];
    }

    @Override
    public BytesRef lookupOrd(int ord) {
      return members.metrics().get(ord);
    }

    @Override
    public int getValueCount() {
      return members.metrics().size();
    }

    @Override
    public boolean advanceExact(int target) {
      doc = target;
      return true;
    }

    @Override
    public int docID() {
      return doc;
    }

    @Override
    public int nextDoc() {
      return advance(doc + 1);
    }

    @Override
    public int advance(int target) {
      doc = target < members.refs().length ? target : NO_MORE_DOCS;
      return doc;
    }

    @Override
    public long cost() {
      return members.refs().length;
    }
  }

  @Override
  public @Nullable BinaryDocValues getBinary(FieldInfo field) {
    return null;
  }

  @Override
  public @Nullable SortedNumericDocValues getSortedNumeric(FieldInfo field) {
    return null;
  }

  @Override
  public @Nullable SortedSetDocValues getSortedSet(FieldInfo field) {
    return null;
  }

  @Override
  public @Nullable DocValuesSkipper getSkipper(FieldInfo field) {
    return null;
  }

  @Override
  public void checkIntegrity() {}

  @Override
  public void close() {}
}
