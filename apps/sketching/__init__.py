"""The page Sketch to photo without Streamlit: papers to draw on, what is drawn read as its network wants it, templates."""
