const rooms = ['Kitchen', 'Living room', 'Bedroom', 'Garden', 'Workshop'];

export function Sidebar() {
  return (
    <nav className="panel" aria-label="Rooms">
      <h2>Rooms</h2>
      <ul>
        {rooms.map((room) => (
          <li key={room}>
            <a href={`#${room.toLowerCase().replace(' ', '-')}`}>{room}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
