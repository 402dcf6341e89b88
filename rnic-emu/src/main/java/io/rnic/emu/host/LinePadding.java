package io.rnic.emu.host;

/**
 * A cache line in front of the fields of whatever extends it. Everything that is written on the data path extends it:
 * then no such field shares a line with what another thread reads or writes, wherever the collector puts the objects.
 * It is there for the layout alone.
 */
@SuppressWarnings("unused") // the fields are there for the room that they take
public abstract class LinePadding {
    // The int fills the gap behind the header, which a subclass's field would fill otherwise.
    int pad0;
    long pad1;
    long pad2;
    long pad3;
    long pad4;
    long pad5;
    long pad6;
    long pad7;

    /** Padding. */
    protected LinePadding() {
    }
}
